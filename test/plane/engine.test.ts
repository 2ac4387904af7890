import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSION } from '@/lib/kernel/decision/types';
import { type StartedEngine, startEngine } from '@/media-plane/engine';
import { writeNack, writePli } from '@/media-plane/engine/rtcp';
import {
  ALL,
  EventLog,
  farAway,
  freeUdpPort,
  PlayClient,
  PublishClient,
  rtpPacket,
  seemLost,
  silentLog,
  until,
  vp8Payload,
} from './support/engine-client';

let engine: StartedEngine;
let events: EventLog;
const clients: { peerId: string; close(): void }[] = [];

beforeAll(async () => {
  engine = await startEngine({
    bindAddress: '127.0.0.1',
    udpPort: await freeUdpPort(),
    log: silentLog,
    limits: { connectMs: 3_000, publisherSilenceMs: 3_000 },
  });
  events = new EventLog(engine);
});
afterEach(async () => {
  for (const client of clients.splice(0)) {
    client.close();
    await engine.close(client.peerId);
  }
});
afterAll(() => engine?.stop());

async function publish(...[options]: ConstructorParameters<typeof PublishClient>): Promise<PublishClient> {
  return connected(new PublishClient(options), 'publish');
}

async function play(...[options]: ConstructorParameters<typeof PlayClient>): Promise<PlayClient> {
  return connected(new PlayClient(options), 'subscribe');
}

/** Connected on both sides: the client is so a moment before the engine, and a single packet sent then would be missed. */
async function connected<T extends PublishClient | PlayClient>(
  client: T,
  direction: 'publish' | 'subscribe',
): Promise<T> {
  clients.push(client);
  await client.connect(engine, direction);
  await until(() => events.of('connected', client.peerId).length > 0, 'the engine to be connected');
  return client;
}

/** `count` more packets of each of these kinds. */
async function flows(player: PlayClient, kinds: ('audio' | 'video')[] = ['audio', 'video'], count = 20): Promise<void> {
  const before = { audio: player.received.audio.packets, video: player.received.video.packets };
  await until(() => kinds.every((kind) => player.received[kind].packets >= before[kind] + count), `${kinds} to flow`);
}

/** Whatever was on its way when the engine answered has arrived after this: loopback and the client's own queue. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 200));

describe('forwarding', () => {
  it('brings together two who come to an empty room at the same moment, as everybody does after a restart', async () => {
    for (let round = 0; round < 3; round++) {
      const room = `a:together-${round}`;
      const [publisher, player] = [new PublishClient({ room }), new PlayClient({ room })];
      clients.push(publisher, player);
      await Promise.all([publisher.connect(engine, 'publish'), player.connect(engine, 'subscribe')]);
      publisher.start();
      await flows(player);
    }
  });

  it('carries audio, video and sender reports, and tells who sends what', async () => {
    const publisher = (await publish({ room: 'a:forward' })).start();
    const player = await play({ room: 'a:forward' });
    await flows(player);
    expect(seemLost(player.received.audio.sequences)).toBe(0);
    expect(player.received.video.firstPayload?.[1]).toBe(0);
    expect(player.ssrcs.video).not.toBe(publisher.ssrcs.video);
    await until(() => publisher.feedback.some(([type]) => type === 201), 'a receiver report');
    const report = Buffer.alloc(28);
    report.set([0x80, 200, 0, 6]);
    report.writeUInt32BE(publisher.ssrcs.audio, 4);
    publisher.sendRaw('audio', report);
    await until(() => player.senderReports > 0, 'a sender report');
    expect(events.of('media', publisher.peerId).map(({ kind, active }) => [kind, active])).toEqual(
      expect.arrayContaining([
        ['audio', true],
        ['video', true],
      ]),
    );
    const stats = await engine.stats();
    expect(stats.find(({ peerId }) => peerId === player.peerId)?.packetsOut).toBeGreaterThanOrEqual(40);
    expect(stats.find(({ peerId }) => peerId === publisher.peerId)?.packetsIn).toBeGreaterThanOrEqual(40);
  });

  it('keeps rooms apart', async () => {
    (await publish({ room: 'a:one', account: 'same' })).start();
    const inside = await play({ room: 'a:one', publisher: 'same' });
    const otherChannel = await play({ room: 'a:two', publisher: 'same' });
    const otherProject = await play({ room: 'b:one', publisher: 'same' });
    await flows(inside, ['audio', 'video'], 50);
    expect(otherChannel.total() + otherProject.total()).toBe(0);
  });

  it('follows the first publisher heard, a named one only, and moves on when it leaves', async () => {
    const first = (await publish({ room: 'a:follow', account: 'first' })).start();
    const anybody = await play({ room: 'a:follow' });
    await flows(anybody);
    const second = (await publish({ room: 'a:follow', account: 'second' })).start();
    const named = await play({ room: 'a:follow', publisher: 'first' });
    await flows(named);
    await engine.close(first.peerId);
    first.pause();
    await flows(anybody);
    expect(seemLost(anybody.received.audio.sequences)).toBe(0);
    expect(seemLost(anybody.received.video.sequences)).toBe(0);
    named.forget();
    await flows(anybody);
    expect(named.total()).toBe(0);
    const back = (await publish({ room: 'a:follow', account: 'first' })).start();
    await flows(named);
    for (const publisher of [second, back]) publisher.pause();
  });

  it('asks once for the key frame that many players want', async () => {
    const publisher = await publish({ room: 'a:key' });
    publisher.send('video', true);
    const players = await Promise.all([1, 2, 3, 4].map(() => play({ room: 'a:key' })));
    publisher.send('video', false);
    await until(() => publisher.keyFrameRequests() > 0, 'a key frame request');
    for (const player of players) expect(player.received.video.packets).toBe(0);
    publisher.start();
    await Promise.all(players.map((player) => flows(player, ['video'])));
    const before = publisher.keyFrameRequests();
    const startedAt = performance.now();
    for (let round = 0; round < 20; round++) {
      for (const player of players) player.rtcp('video', writePli(1, player.ssrcs.video));
    }
    await flows(players[0]!, ['video'], 60);
    const intervals = Math.ceil((performance.now() - startedAt) / 500);
    expect(publisher.keyFrameRequests() - before).toBeLessThanOrEqual(intervals + 1);
  });
});

describe('loss', () => {
  it('asks the publisher for a missing packet and passes it on under its own number', async () => {
    const publisher = await publish({ room: 'a:loss-in', audio: false });
    const player = await play({ room: 'a:loss-in', audio: false });
    publisher.send('video', true);
    await until(() => player.received.video.packets === 1, 'the first packet');
    const missing = publisher.packet('video');
    publisher.send('video');
    await until(() => publisher.nacked.includes(missing.readUInt16BE(2)), 'a NACK');
    publisher.sendRaw('video', missing);
    await until(() => player.received.video.packets === 3, 'the recovered packet');
    expect(seemLost(player.received.video.sequences)).toBe(0);
    publisher.sendRaw('video', missing);
    publisher.send('video');
    await until(() => player.received.video.packets === 4, 'the next packet');
    await settle();
    expect(player.received.video.packets).toBe(4);
  });

  it('sends a player again what it asks for, but nothing of a kind denied since', async () => {
    const publisher = await publish({ room: 'a:loss-out', audio: false });
    const player = await play({ room: 'a:loss-out', audio: false });
    for (let index = 0; index < 5; index++) publisher.send('video', index === 0);
    await until(() => player.received.video.packets === 5, 'five packets');
    // The client's SRTP drops a repeat of what it has, so the engine's own count tells.
    const sent = async () => (await engine.stats()).find(({ peerId }) => peerId === player.peerId)!.packetsOut;
    const ask = () =>
      player.rtcp('video', writeNack(1, player.ssrcs.video, player.received.video.sequences.slice(2, 4)));
    ask();
    await until(async () => (await sent()) === 7, 'two repeats');
    await engine.setPermissions(publisher.peerId, ALL & ~PERMISSION.video, farAway());
    ask();
    await settle();
    expect(await sent()).toBe(7);
    await engine.setPermissions(publisher.peerId, ALL, farAway());
    ask();
    await settle();
    expect(await sent()).toBe(7);
  });
});

describe('permissions', () => {
  it('denies one kind while the other flows, and brings it back without phantom loss', async () => {
    const publisher = (await publish({ room: 'a:deny' })).start();
    const player = await play({ room: 'a:deny' });
    await flows(player);
    for (let round = 0; round < 5; round++) {
      await engine.setPermissions(publisher.peerId, ALL & ~PERMISSION.audio, farAway());
      await settle();
      const audio = player.received.audio.packets;
      await flows(player, ['video']);
      expect(player.received.audio.packets).toBe(audio);
      await engine.setPermissions(publisher.peerId, ALL & ~PERMISSION.video, farAway());
      await settle();
      const video = player.received.video.packets;
      await flows(player, ['audio']);
      expect(player.received.video.packets).toBe(video);
      await engine.setPermissions(publisher.peerId, ALL, farAway());
      await flows(player);
    }
    expect(seemLost(player.received.audio.sequences)).toBe(0);
    expect(seemLost(player.received.video.sequences)).toBe(0);
  });

  it('forwards nothing of a kind past its expiry, and ends a peer whose join permission ends', async () => {
    const publisher = (await publish({ room: 'a:expiry' })).start();
    const player = await play({ room: 'a:expiry' });
    await flows(player);
    await engine.setPermissions(publisher.peerId, ALL, { ...farAway(), audio: Date.now() + 300 });
    await until(() => events.of('expired', publisher.peerId).length > 0, 'the expiry');
    expect(events.of('expired', publisher.peerId)).toEqual([
      { type: 'expired', peerId: publisher.peerId, kind: 'audio' },
    ]);
    await settle();
    player.forget();
    await flows(player, ['video']);
    expect(player.received.audio.packets).toBe(0);

    await engine.setPermissions(publisher.peerId, ALL, { ...farAway(), join: Date.now() + 300 });
    await until(() => events.of('closed', publisher.peerId).length > 0, 'the end of the peer');
    expect(events.of('closed', publisher.peerId)[0]?.reason).toBe('expired');
    await settle();
    player.forget();
    await settle();
    expect(player.total()).toBe(0);
  });

  it('sends a player nothing past its join permission', async () => {
    (await publish({ room: 'a:viewer' })).start();
    const player = await play({ room: 'a:viewer' });
    await flows(player);
    await engine.setPermissions(player.peerId, 0, farAway());
    await settle();
    player.forget();
    await settle();
    expect(player.total()).toBe(0);
    await engine.setPermissions(player.peerId, PERMISSION.join, farAway());
    await flows(player);
  });

  it('refuses to publish with bits that only play, and drops the kind that is missing', async () => {
    const refused = new PublishClient({ room: 'a:bits', permissions: PERMISSION.join });
    clients.push(refused);
    expect(await refused.post(engine, 'publish')).toMatchObject({ ok: false, code: 'privilege.publish_missing' });
    const expired = new PublishClient({ room: 'a:bits', expiresAt: { ...farAway(), audio: 1, video: 1 } });
    clients.push(expired);
    expect(await expired.post(engine, 'publish')).toMatchObject({ ok: false, code: 'privilege.publish_missing' });
    (await publish({ room: 'a:bits', permissions: PERMISSION.join | PERMISSION.audio })).start();
    const player = await play({ room: 'a:bits' });
    await flows(player, ['audio']);
    expect(player.received.video.packets).toBe(0);
  });

  it('forwards not one packet after close() has answered, and says when the last one was', async () => {
    const publisher = (await publish({ room: 'a:close' })).start();
    const players = await Promise.all([play({ room: 'a:close' }), play({ room: 'a:close' })]);
    for (const player of players) await flows(player);
    const before = Date.now();
    const { lastPacketAt } = await engine.close(publisher.peerId);
    const after = Date.now();
    expect(lastPacketAt).toBeGreaterThan(before - 1_000);
    expect(lastPacketAt).toBeLessThanOrEqual(after);
    await settle();
    const { packetsOut, oldestPacketMs } = (await engine.load())!;
    expect(oldestPacketMs).toBe(0);
    for (const player of players) player.forget();
    for (let index = 0; index < 50; index++) publisher.send('audio');
    await settle();
    for (const player of players) expect(player.total()).toBe(0);
    expect((await engine.stats()).some(({ peerId }) => peerId === publisher.peerId)).toBe(false);
    expect((await engine.close(publisher.peerId)).lastPacketAt).toBeNull();
    expect((await engine.load())!.packetsOut).toBe(packetsOut);
  });
});

describe('data', () => {
  it('forwards messages, binary and text, within the room and the data bit', async () => {
    const sender = (await publish({ room: 'a:data', data: true, video: false })).start();
    const publisher = (await publish({ room: 'a:data', data: true, video: false })).start();
    const player = await play({ room: 'a:data', data: true, video: false });
    const outside = await play({ room: 'b:data', data: true, video: false });
    sender.channel!.sendMessage('hello');
    sender.channel!.sendMessageBinary(Buffer.from([1, 2, 3]));
    for (const receiver of [publisher, player]) {
      await until(() => receiver.messages.length === 2, 'both messages');
      expect(receiver.messages).toEqual(['hello', Buffer.from([1, 2, 3])]);
    }
    await engine.setPermissions(sender.peerId, ALL & ~PERMISSION.data, farAway());
    sender.channel!.sendMessage('denied');
    await settle();
    await engine.setPermissions(sender.peerId, ALL, farAway());
    sender.channel!.sendMessage('allowed');
    await until(() => player.messages.length === 3, 'the third message');
    expect(player.messages[2]).toBe('allowed');
    expect(sender.messages).toEqual([]);
    expect(outside.messages).toEqual([]);
  });

  it('forwards no more than the rate limit', async () => {
    const sender = await publish({ room: 'a:flood', data: true, audio: false, video: false });
    const player = await play({ room: 'a:flood', data: true, audio: false, video: false });
    const startedAt = Date.now();
    for (let index = 0; index < 1_000; index++) sender.channel!.sendMessage(String(index));
    await until(() => player.messages.length >= 100, 'the burst');
    await settle();
    const seconds = Math.ceil((Date.now() - startedAt) / 1_000);
    expect(player.messages.length).toBeLessThanOrEqual(100 + 100 * seconds);
  });

  it('forwards no message over the size limit, not even of a client that ignores the answered one', async () => {
    const sender = new PublishClient({ room: 'a:size', data: true, audio: false, video: false });
    clients.push(sender);
    const result = await sender.post(engine, 'publish');
    if (!result.ok) throw new Error(result.detail);
    await sender.accept(result.answer.replace('a=max-message-size:16384', 'a=max-message-size:1048576'));
    const player = await play({ room: 'a:size', data: true, audio: false, video: false });
    sender.channel!.sendMessageBinary(Buffer.alloc(16_384, 1));
    await until(() => player.messages.length === 1, 'the largest message');
    sender.channel!.sendMessageBinary(Buffer.alloc(200_000, 2));
    await settle();
    expect(player.messages.map((message) => message.length)).toEqual([16_384]);
    expect(events.of('down')).toEqual([]);
  });
});

describe('timers and hostile peers', () => {
  it('closes a peer that never connects, and one that falls silent', async () => {
    const absent = new PlayClient({ room: 'a:timers' });
    clients.push(absent);
    await absent.post(engine, 'subscribe');
    const silent = (await publish({ room: 'a:timers' })).start();
    await until(() => events.of('media', silent.peerId).length > 0, 'media');
    silent.pause();
    for (const { peerId } of [absent, silent]) {
      await until(() => events.of('closed', peerId).length > 0, 'the time-out');
      expect(events.of('closed', peerId)[0]?.reason).toBe('timeout');
    }
  });

  it('survives a publisher that restarts and scrambles its numbering, and goes on forwarding', async () => {
    const publisher = await publish({ room: 'a:hostile', audio: false });
    const player = await play({ room: 'a:hostile', audio: false });
    const { pid } = engine;
    const childBefore = pid();
    const ssrc = publisher.ssrcs.video;
    const send = (sequence: number, of = ssrc, key = true) =>
      publisher.sendRaw('video', rtpPacket(96, sequence, sequence * 3_000, of, vp8Payload(key, 60)));
    for (let round = 0; round < 40; round++) {
      const start = [0, 65_530, 1, 30_000, 100, 40_000][round % 6]!;
      for (let index = 0; index < 20; index++) send(start + index, ssrc + (round % 7 === 6 ? round : 0));
      for (let index = 0; index < 20; index++) publisher.sendRaw('video', randomBytes(20 + index * 3));
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    publisher.ssrcs.video = 77_777;
    await settle();
    player.forget();
    publisher.start();
    await flows(player, ['video']);
    expect(pid()).toBe(childBefore);
    expect(events.of('down')).toEqual([]);
  });

  it('answers a bad offer with a typed refusal', async () => {
    const base = { room: 'a:bad', account: 'x', direction: 'publish', publisher: null, permissions: ALL } as const;
    for (const offer of ['', 'v=0\r\n', 'x'.repeat(70_000), 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n']) {
      const result = await engine.open({ ...base, peerId: 'bad', offer, expiresAt: farAway() });
      expect(result).toMatchObject({ ok: false, code: 'sdp.invalid' });
    }
  });
});

function randomBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index++) bytes[index] = Math.floor(Math.random() * 256);
  // Two thirds look like RTP of the negotiated payload type, the rest like RTCP or nothing at all.
  if (length % 3 !== 0) {
    bytes[0] = 0x80 | (bytes[0]! & 0x3f);
    bytes[1] = length % 3 === 1 ? 96 : 200 + (length % 8);
  }
  return bytes;
}
