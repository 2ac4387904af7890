import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERMISSION } from '@/lib/kernel/decision/types';
import { type StartedEngine, startEngine } from '@/media-plane/engine';
import { launchChromium } from './edge-page';
import { ALL, EventLog, farAway, freeUdpPort, silentLog, until } from './support/engine-client';
import { type Harness, serveEngine } from './support/engine-http';

let engine: StartedEngine;
let harness: Harness;
let browser: Browser;
let events: EventLog;

beforeAll(async () => {
  engine = await startEngine({
    bindAddress: '127.0.0.1',
    udpPort: await freeUdpPort(),
    log: silentLog,
    limits: { subscriberSilenceMs: 3_000 },
  });
  events = new EventLog(engine);
  harness = await serveEngine(engine);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  harness?.close();
  await engine?.stop();
});

async function page(): Promise<Page> {
  const opened = await browser.newPage();
  await opened.addInitScript(() => {
    const connections: RTCPeerConnection[] = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        connections.push(this);
      }
    };
    Object.assign(window, { connections });
  });
  await opened.goto(harness.url);
  return opened;
}

/** Publishes the fake camera and microphone with the unmodified WHIP client. */
async function publish(channel: string, account: string, codec?: string): Promise<{ page: Page; peerId: string }> {
  const opened = await page();
  await opened.evaluate(
    async ({ endpoint, codec }) => {
      const scope = window as unknown as Record<string, never> & {
        WHIPClient: new (o: object) => never;
        client: unknown;
      };
      if (codec) preferCodec(codec);
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } });
      const client = new scope.WHIPClient({ endpoint, opts: { iceServers: [], authkey: 'any' } }) as {
        ingest(stream: MediaStream): Promise<void>;
      };
      scope.client = client as never;
      await client.ingest(stream);

      /** The public client has no codec option; the offer it makes follows the transceiver's preferences. */
      function preferCodec(mimeType: string) {
        const original = RTCPeerConnection.prototype.createOffer;
        RTCPeerConnection.prototype.createOffer = function (this: RTCPeerConnection, options?: RTCOfferOptions) {
          for (const transceiver of this.getTransceivers()) {
            if (transceiver.sender.track?.kind !== 'video') continue;
            const codecs = RTCRtpSender.getCapabilities('video')!.codecs;
            const first = codecs.filter((candidate) => candidate.mimeType === mimeType);
            transceiver.setCodecPreferences([
              ...first,
              ...codecs.filter((candidate) => candidate.mimeType !== mimeType),
            ]);
          }
          return (original as (options?: RTCOfferOptions) => unknown).call(this, options) as never;
        } as never;
      }
    },
    { endpoint: `${harness.url}/whip/${channel}?account=${account}`, codec },
  );
  return { page: opened, peerId: harness.peers.find((peer) => peer.account === account)!.peerId };
}

/** Plays a channel with the unmodified WHEP player. */
async function play(channel: string, publisher?: string): Promise<Page> {
  const opened = await page();
  await opened.evaluate(
    async (url) => {
      const scope = window as unknown as { WebRTCPlayer: new (o: object) => never; player: unknown };
      const video = document.querySelector('video');
      const player = new scope.WebRTCPlayer({ video, type: 'whep', iceServers: [] }) as {
        load(url: URL, key: string): Promise<void>;
      };
      scope.player = player;
      await player.load(new URL(url), 'Bearer any');
    },
    `${harness.url}/whep/${channel}${publisher ? `?publisher=${publisher}` : ''}`,
  );
  return opened;
}

interface Playing {
  frames: number;
  audio: number;
  shown: number;
  codec: string;
  srtp: string;
}

async function playing(player: Page): Promise<Playing> {
  return player.evaluate(async () => {
    const [connection] = (window as unknown as { connections: RTCPeerConnection[] }).connections;
    const answer = { frames: 0, audio: 0, shown: 0, codec: '', srtp: '' };
    const report = await connection!.getStats();
    report.forEach((entry) => {
      if (entry.type === 'inbound-rtp' && entry.kind === 'video') {
        answer.frames = entry.framesDecoded ?? 0;
        answer.codec = report.get(entry.codecId)?.mimeType ?? '';
      }
      if (entry.type === 'inbound-rtp' && entry.kind === 'audio') answer.audio = entry.packetsReceived ?? 0;
      if (entry.type === 'transport') answer.srtp = entry.srtpCipher ?? '';
    });
    answer.shown = document.querySelector('video')!.videoWidth;
    return answer;
  });
}

async function grows(player: Page, by = 20): Promise<Playing> {
  const before = await playing(player);
  let now = before;
  await until(
    async () => {
      now = await playing(player);
      return now.frames >= before.frames + by && now.audio >= before.audio + by && now.shown > 0;
    },
    `frames to be decoded (${JSON.stringify(before)} -> last seen)`,
    20_000,
  );
  return now;
}

describe('real browsers with unmodified public clients', () => {
  it('plays what is published, whoever came first, over AES-256-GCM', async () => {
    const early = await play('first');
    const publisher = await publish('first', 'first-ann');
    const late = await play('first');
    // Chromium has written the profile with and without its prefix.
    expect(await grows(early)).toMatchObject({
      codec: 'video/VP8',
      srtp: expect.stringMatching(/^(?:SRTP_)?AEAD_AES_256_GCM$/),
    });
    await grows(late);
    for (const opened of [early, late, publisher.page]) await opened.close();
  });

  it('follows from a VP8 publisher to an H.264 one without renegotiation', async () => {
    const vp8 = await publish('switch', 'switch-ann');
    const player = await play('switch');
    expect((await grows(player)).codec).toBe('video/VP8');
    const h264 = await publish('switch', 'switch-bob', 'video/H264');
    await until(() => events.of('media', h264.peerId).length >= 2, 'the second publisher to be heard');
    await engine.close(vp8.peerId);
    expect((await grows(player)).codec).toBe('video/H264');
    for (const opened of [vp8.page, h264.page, player]) await opened.close();
  });

  it('stops audio alone when it is denied, then video alone, and brings both back', async () => {
    const publisher = await publish('deny', 'deny-ann');
    const player = await play('deny');
    await grows(player);
    await engine.setPermissions(publisher.peerId, ALL & ~PERMISSION.audio, farAway());
    const denied = await playing(player);
    await until(async () => (await playing(player)).frames >= denied.frames + 20, 'video to go on');
    expect((await playing(player)).audio - denied.audio).toBeLessThanOrEqual(1);
    await engine.setPermissions(publisher.peerId, ALL & ~PERMISSION.video, farAway());
    const blind = await playing(player);
    await until(async () => (await playing(player)).audio >= blind.audio + 50, 'audio to go on');
    expect((await playing(player)).frames - blind.frames).toBeLessThanOrEqual(2);
    await engine.setPermissions(publisher.peerId, ALL, farAway());
    await grows(player);
    for (const opened of [publisher.page, player]) await opened.close();
  });

  it('keeps a publisher that mutes both its tracks, and carries on when it unmutes', async () => {
    const publisher = await publish('mute', 'mute-ann');
    const player = await play('mute');
    await grows(player);
    const mute = (muted: boolean) =>
      publisher.page.evaluate(async (muted) => {
        const [connection] = (window as unknown as { connections: RTCPeerConnection[] }).connections;
        const scope = window as unknown as { held?: (MediaStreamTrack | null)[] };
        scope.held ??= connection!.getSenders().map((sender) => sender.track);
        const tracks = scope.held;
        await Promise.all(
          connection!.getSenders().map((sender, index) => sender.replaceTrack(muted ? null : tracks[index]!)),
        );
      }, muted);
    await mute(true);
    await until(
      () => events.of('media', publisher.peerId).filter(({ active }) => !active).length === 2,
      'both inactive',
    );
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    expect(events.of('closed', publisher.peerId)).toEqual([]);
    await mute(false);
    await grows(player);
    for (const opened of [publisher.page, player]) await opened.close();
  });

  it('keeps a player that waits alone, and shows it the publisher that comes later', async () => {
    const player = await play('alone');
    const joined = harness.peers.at(-1)!.peerId;
    await until(() => events.of('connected', joined).length === 1, 'the player to connect');
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect(events.of('closed', joined)).toEqual([]);
    const publisher = await publish('alone', 'alone-ann');
    await grows(player);
    for (const opened of [publisher.page, player]) await opened.close();
  });
});
