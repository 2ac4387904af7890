import { afterEach, describe, expect, it } from 'vitest';
import type { Allow, Decision } from '@/lib/kernel/decision/types';
import { DecisionLog, refuse } from '../decisions';
import type { Engine, EngineEvent, OpenResult } from '../engine/port';
import { Channels, type NewSession } from '.';
import { Meter } from './meter';

const START = 1_000_000;
const allow = (more: Partial<Allow> = {}): Allow => ({
  verdict: 'allow',
  code: 'ok',
  rule: 'privilege',
  bundle: { epoch: 1, seq: 1 },
  tokenId: 'token',
  certificateId: 'certificate',
  wildcardUser: false,
  projectId: 'project',
  permissions: 15,
  expiresAt: { join: 5000, audio: 5000, video: 5000, data: 5000 },
  issuedAt: 900,
  account: 'alice',
  legacy: false,
  wildcardChannel: false,
  ...more,
});

/** An engine that answers when told to and notes what it was asked. */
class FakeEngine implements Engine {
  readonly closed: string[] = [];
  readonly permissions: [string, number][] = [];
  answers: ((result: OpenResult) => void)[] = [];
  hold = false;
  #listener: (event: EngineEvent) => void = () => undefined;
  opened: string[] = [];

  open({ peerId }: { peerId: string }): Promise<OpenResult> {
    this.opened.push(peerId);
    if (!this.hold) return Promise.resolve({ ok: true, answer: 'sdp' });
    return new Promise((resolve) => this.answers.push(resolve));
  }
  async setPermissions(peerId: string, permissions: number): Promise<void> {
    this.permissions.push([peerId, permissions]);
  }
  async close(peerId: string): Promise<{ lastPacketAt: null }> {
    this.closed.push(peerId);
    return { lastPacketAt: null };
  }
  async stats() {
    return [];
  }
  on(listener: (event: EngineEvent) => void): () => void {
    this.#listener = listener;
    return () => undefined;
  }
  async stop(): Promise<void> {}
  emit(event: EngineEvent): void {
    this.#listener(event);
  }
}

let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});

function world() {
  const engine = new FakeEngine();
  const records: Record<string, unknown>[] = [];
  const time = { now: START };
  const decide = { now: (): Decision => allow() };
  const decisions = new DecisionLog((record) => records.push(record as never));
  const channels = new Channels({
    engine,
    decisions,
    redecide: () => decide.now(),
    record: (record) => records.push(record as never),
    clock: () => time.now,
  });
  stops.push(async () => {
    await channels.stop();
    decisions.stop();
  });
  const heard: unknown[][] = [];
  const session = (more: Partial<NewSession> = {}): NewSession => ({
    kind: 'socket',
    direction: 'both',
    appId: 'app',
    channel: 'room',
    account: 'alice',
    address: '198.51.100.7',
    traceId: 'trace',
    tokenHash: Buffer.from('hash'),
    facts: {} as never,
    granted: allow(),
    listener: {
      permissions: (code) => heard.push(['permissions', code]),
      peerEnded: (...what) => heard.push(['ended', ...what]),
      expiring: (at) => heard.push(['expiring', at]),
      roster: () => heard.push(['roster']),
      over: (...what) => heard.push(['over', ...what]),
    },
    ...more,
  });
  const join = (more?: Partial<NewSession>) => {
    const joined = channels.join(session(more));
    if (!joined) throw new Error('not joined');
    return joined;
  };
  const offer = { id: 'p', direction: 'publish', publisher: null, offer: 'sdp' } as const;
  return { engine, records, time, decide, channels, heard, join, session, offer };
}

describe('live sessions', () => {
  it('are cut by a sweep, after the engine confirmed, with a record and a notice', async () => {
    const { channels, decide, engine, heard, join, offer, records } = world();
    const live = join();
    await channels.open(live, offer);
    decide.now = () => ({ ...refuse('revoked.user', 'gone', { epoch: 1, seq: 2 }), retryAfter: 77 });
    expect(await channels.sweep(new Set(['other']))).toEqual({ cut: 0 });
    expect(await channels.sweep(new Set(['app']))).toEqual({ cut: 1 });
    expect(engine.closed).toEqual(engine.opened);
    expect(heard).toContainEqual(['over', 'revoked.user', 'gone', 77, false]);
    expect(records).toContainEqual(expect.objectContaining({ kind: 'session', event: 'cut', reason: 'revoked.user' }));
    expect([channels.size, channels.peers, channels.cuts.value(['revoked.user'])]).toEqual([0, 0, 1]);
    expect(await channels.sweep('all')).toEqual({ cut: 0 });
  });

  it('are cut even while their offer is still with the engine', async () => {
    const { channels, decide, engine, join, offer } = world();
    engine.hold = true;
    const live = join();
    const opened = channels.open(live, offer);
    decide.now = () => refuse('revoked.project', 'gone', null);
    const swept = channels.sweep('all');
    engine.answers[0]?.({ ok: true, answer: 'sdp' });
    expect(await swept).toEqual({ cut: 1 });
    expect((await opened).ok).toBe(false);
    expect(engine.closed).toEqual(engine.opened);
    expect((await channels.open(live, offer)).ok).toBe(false);
    expect(engine.opened).toHaveLength(1);
  });

  it('are narrowed where rights are left, and told once', async () => {
    const { channels, decide, engine, heard, join, offer, records } = world();
    const live = join();
    await channels.open(live, offer);
    decide.now = () => allow({ permissions: 3, expiresAt: { join: 4000, audio: 4000, video: 0, data: 0 } });
    expect(await channels.sweep('all')).toEqual({ cut: 0 });
    expect(engine.permissions).toEqual([[engine.opened[0], 3]]);
    await channels.sweep('all');
    expect(engine.permissions).toHaveLength(1);
    expect(heard.filter(([what]) => what === 'permissions')).toEqual([['permissions', 'ok']]);
    expect(records).toContainEqual(expect.objectContaining({ event: 'changed' }));
  });

  it('hear of their end before it, lose single rights at their time, and end at theirs', async () => {
    const { channels, heard, join, time } = world();
    join({ granted: allow({ expiresAt: { join: 2000, audio: 1500, video: 2000, data: 2000 } }) });
    channels.tick(1_499_000);
    expect(heard).toEqual([]);
    channels.tick(1_500_000);
    channels.tick(1_501_000);
    expect(heard).toEqual([['permissions', 'privilege.expired']]);
    channels.tick(1_970_000);
    channels.tick(1_971_000);
    expect(heard.slice(1)).toEqual([['expiring', 2000]]);
    time.now = 2_000_000;
    channels.tick(time.now);
    expect(heard.at(-1)?.slice(0, 2)).toEqual(['over', 'token.expired']);
    expect(channels.size).toBe(0);
  });

  it('end together when the engine dies, and may come back', async () => {
    const { channels, engine, heard, join, offer, records } = world();
    const live = join();
    await channels.open(live, offer);
    engine.emit({ type: 'down' });
    expect(heard.at(-1)).toEqual(['over', 'engine.restarted', expect.any(String), null, true]);
    expect(records.filter(({ event }) => event === 'cut')).toMatchObject([{ reason: 'engine.restarted' }]);
    expect(channels.size).toBe(0);
  });

  it('follow their one peer over HTTP and outlive it on a socket', async () => {
    const { channels, engine, heard, join, offer, records } = world();
    const http = join({ kind: 'http', listener: null });
    await channels.open(http, { ...offer, id: http.id });
    engine.emit({ type: 'closed', peerId: engine.opened[0] ?? '', reason: 'timeout' });
    expect(records.at(-1)).toMatchObject({ event: 'left', reason: 'timeout' });
    const socket = join();
    await channels.open(socket, offer);
    engine.emit({ type: 'closed', peerId: engine.opened[1] ?? '', reason: 'failed' });
    expect(heard).toContainEqual(['ended', 'p', 'failed']);
    expect(channels.find(socket.id)).toBe(socket);
  });

  it('may wait for connections only so many at a time per token', () => {
    const { channels, session, engine, join } = world();
    const http = { kind: 'http', listener: null } as const;
    for (let i = 0; i < 8; i++)
      void channels.open(join(http), { id: `${i}`, direction: 'publish', publisher: null, offer: '' });
    expect(channels.join(session(http))).toBeNull();
    expect(channels.join(session({ ...http, tokenHash: Buffer.from('another') }))).not.toBeNull();
    engine.emit({ type: 'connected', peerId: engine.opened[0] ?? '' });
    expect(channels.join(session(http))).not.toBeNull();
  });

  it('are judged by the thousand in one pass that touches only the projects named', async () => {
    const { channels, decide, engine, join } = world();
    for (let i = 0; i < 1000; i++) join({ appId: i % 2 ? 'app' : 'other', account: `n${i}` });
    let asked = 0;
    decide.now = () => {
      asked++;
      return allow();
    };
    expect(await channels.sweep(new Set(['other']))).toEqual({ cut: 0 });
    expect([asked, engine.closed.length]).toEqual([500, 0]);
  });

  it('show who is there and what they send', async () => {
    const { channels, engine, join, offer } = world();
    const alice = join();
    join({ account: 'bob' });
    join({ account: 'bob' });
    join({ account: 'carol', channel: 'elsewhere' });
    await channels.open(alice, offer);
    engine.emit({ type: 'media', peerId: engine.opened[0] ?? '', kind: 'video', active: true });
    expect(channels.roster.list(alice)).toEqual({
      participants: [
        { account: 'alice', kinds: ['video'] },
        { account: 'bob', kinds: [] },
      ],
      count: 2,
    });
    await channels.closePeer(alice, 'p');
    expect(channels.roster.list(alice).participants.every(({ kinds }) => kinds.length === 0)).toBe(true);
  });
});

describe('an observer of the provider', () => {
  const account = 'provider-observer-1';

  it('is told to everybody in the same moment, before it has a connection', () => {
    const { channels, engine, heard, join } = world();
    const alice = join();
    expect([heard.length, channels.roster.observed(alice)]).toEqual([0, false]);
    join({ account, listener: null });
    expect([heard, engine.opened]).toEqual([[['roster']], []]);
    expect(channels.roster.observed(alice)).toBe(true);
  });

  it('is the first of those who are named, however many there are', () => {
    const { channels, join } = world();
    const alice = join();
    for (let i = 0; i < 300; i++) join({ account: `n${i}`, listener: null });
    join({ account, listener: null });
    const { participants, count } = channels.roster.list(alice);
    expect(participants[0]).toEqual({ account, kinds: [], observer: true });
    expect([participants.length, count]).toEqual([200, 302]);
  });
});

describe('the meter', () => {
  it('counts every second of every participant exactly once', () => {
    const meter = new Meter();
    const session = { appId: 'app', channel: 'room', account: 'alice', meteredAt: 0 } as Parameters<Meter['time']>[0];
    const observer = { ...session, account: 'provider-observer-1' };
    const written: number[] = [];
    for (const now of [1500, 3100, 60_000, 60_700]) {
      meter.time(session, now);
      // Whoever of the provider watches is nobody's to pay.
      meter.time(observer, now);
      meter.flush(
        now,
        () => now < 60_700,
        (record) => written.push(record.participantSeconds),
      );
    }
    expect(written).toEqual([1, 2, 57, 1]);
    expect(written.reduce((sum, seconds) => sum + seconds)).toBe(61);
  });
});
