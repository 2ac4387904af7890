import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Admission } from '@/media-plane/admission';
import { Channels } from '@/media-plane/channels';
import { DecisionLog } from '@/media-plane/decisions';
import type { Engine } from '@/media-plane/engine/port';
import { Relay } from '@/media-plane/relay';
import type { EdgeContext } from '@/media-plane/signalling/context';
import { Conversation } from '@/media-plane/signalling/conversation';
import { addProject, startTestEdge, type TestEdge, TestPolicy, type TestProject, token, until } from './edge-world';

/** Hostile text at the real code: everything between a frame and the engine runs, only the engine itself is a stand-in. */
const policy = new TestPolicy();
let project: TestProject;
let edge: TestEdge;

beforeAll(async () => {
  project = addProject([policy]);
  edge = await startTestEdge('eu-1', 'EU');
});
afterAll(async () => {
  await edge?.stop();
});

/** mulberry32 with a seed: a failure can be repeated. */
function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
const PARTS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  'null',
  '1e999',
  '\\u0000',
  '\\ud800',
  '__proto__',
  '*',
  '007',
  '\r\n',
  'type',
  'join',
];
function mutate(text: string, pick: (limit: number) => number): string {
  let mutated = text;
  for (let edits = pick(5); edits > 0; edits--) {
    const at = pick(mutated.length + 1);
    const insert = pick(2) ? (PARTS[pick(PARTS.length)] ?? '') : String.fromCharCode(pick(256));
    mutated = mutated.slice(0, at) + insert + mutated.slice(at + pick(4));
  }
  return mutated;
}

it('30,000 mutated frames neither break a conversation nor open anything that was not admitted', async () => {
  const decisions = new DecisionLog((record) => policy.record(record));
  const admission = new Admission({ edge: { name: 'eu-1', region: 'EU' }, policy, decisions, freeUid: () => '4711' });
  let opened = 0;
  const engine: Engine = {
    open: async ({ room, permissions }) => {
      opened++;
      if (room !== `${project.appId}:room` || !(permissions & 1)) throw new Error(`opened ${room} with ${permissions}`);
      return { ok: true, answer: 'v=0' };
    },
    close: async () => ({ lastPacketAt: null }),
    setPermissions: async () => undefined,
    stats: async () => [],
    on: () => () => undefined,
    stop: async () => undefined,
  };
  const channels = new Channels({
    engine,
    decisions,
    redecide: (facts, now) => admission.redecide(facts, now),
    record: (record) => policy.record(record),
    clock: Date.now,
  });
  const log = () => undefined;
  const relay = new Relay({
    edge: { name: 'eu-1', region: 'EU' },
    index: policy.index,
    identity: () => null,
    home: () => null,
    log,
  });
  const context: EdgeContext = {
    edge: { name: 'eu-1', region: 'EU', url: 'http://edge' },
    policy,
    admission,
    channels,
    relay,
    engineUp: () => true,
    metrics: () => '',
    clock: Date.now,
  };
  const pick = random(20_261_121);
  const bearer = token(project);
  const seeds = [
    JSON.stringify({ type: 'join', appId: project.appId, channel: 'room', account: 'alice', token: bearer }),
    JSON.stringify({ type: 'offer', id: 'a', direction: 'publish', sdp: 'v=0\r\n' }),
    JSON.stringify({ type: 'offer', id: 'b', direction: 'subscribe', sdp: 'v=0\r\n', publisher: 'alice' }),
    JSON.stringify({ type: 'renew', token: bearer }),
    JSON.stringify({ type: 'leave', id: 'a' }),
    JSON.stringify({ type: 'ping' }),
  ];
  const said = new Map<string, number>();
  for (let frames = 0; frames < 30_000; ) {
    let closed = false;
    const address = `10.${pick(256)}.${pick(256)}.${pick(256)}`;
    const line = {
      send: (text: string) => {
        const { type } = JSON.parse(text) as { type: string };
        said.set(type, (said.get(type) ?? 0) + 1);
      },
      close: () => {
        closed = true;
      },
      buffered: () => 0,
      log,
    };
    const conversation = new Conversation(context, { address, traceId: 'a'.repeat(32), relayed: null }, line);
    for (let frame = 0; frame < 5; frame++, frames++) {
      const seed = frame === 0 ? seeds[0] : seeds[pick(seeds.length)];
      await conversation.receive(mutate(seed ?? '', pick));
      if (closed) break;
    }
    // What would follow on a socket that is closing is read as well.
    if (closed) await conversation.receive(mutate(seeds[pick(seeds.length)] ?? '', pick));
    await conversation.closed();
  }
  for (const type of ['joined', 'refused', 'answer', 'renewed', 'pong']) expect(said.get(type)).toBeGreaterThan(100);
  expect(opened).toBeGreaterThan(100);
  expect([channels.size, channels.peers]).toEqual([0, 0]);
  await channels.stop();
  decisions.stop();
});

it('mutated HTTP requests leave the edge answering', async () => {
  const own = addProject([edge.policy]);
  const bearer = token(own);
  const pick = random(7);
  const { port } = new URL(edge.url);
  for (let i = 0; i < 1000; i++) {
    const body = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n';
    const whole = `POST /whip/${own.appId}/room?account=a HTTP/1.1\r\nHost: edge\r\nContent-Type: application/sdp\r\nAuthorization: Bearer ${bearer}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.end(mutate(mutate(whole, pick), pick));
    await once(socket, 'close');
  }
  expect((await fetch(`${edge.url}/healthz`)).status).toBe(200);
  expect(edge.engine.pid()).not.toBeNull();
  await until(() => edge.edge.sessions() === 0);
});
