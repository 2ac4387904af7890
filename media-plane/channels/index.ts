import { randomBytes } from 'node:crypto';
import type { DecisionRecord, MeterRecord, SessionRecord } from '@/lib/kernel/bundle/messages';
import type { LiveFacts } from '@/lib/kernel/decision';
import type { Allow, Decision } from '@/lib/kernel/decision/types';
import { type DecisionLog, refuse } from '../decisions';
import { Counter } from '../decisions/metrics';
import type { Engine, EngineEvent, Kind, OpenResult } from '../engine/port';
import type { CutCode } from '../signalling/protocol';
import { Meter } from './meter';
import { Roster } from './roster';
import { effectiveBits, milliseconds, type NewSession, type Peer, roomOf, type Session } from './session';
import { SessionTable } from './table';

export type { NewSession, Session, SessionListener } from './session';
export { effectiveBits } from './session';

/**
 * The live sessions of an edge and their peers in the engine. Everything that ends or narrows a session goes through
 * here: the client leaving, its time running out, a policy change, the engine dying. A session is registered in the same
 * tick in which it was decided, so no policy change can slip between the decision and the sweep.
 */
export interface ChannelsOptions {
  engine: Engine;
  /** Decides again whether a live session may stay; pure and synchronous. */
  redecide: (facts: LiveFacts, now: number) => Decision;
  decisions: DecisionLog;
  record: (record: Omit<SessionRecord, 'n'> | Omit<MeterRecord, 'n'>) => void;
  clock: () => number;
}

export const LIMITS = { sessions: 20_000, publishes: 1, subscribes: 64, pendingPerToken: 8 } as const;
const WARN_MILLISECONDS = 30_000;
const ENDED: OpenResult = { ok: false, code: 'engine.unavailable', detail: 'The session ended.' };
const METER_MILLISECONDS = 60_000;
const PACKETS_MILLISECONDS = 15_000;

export class Channels {
  readonly cuts = new Counter('cordon_sessions_cut_total', 'Live sessions cut, by code.', ['code']);
  readonly roster: Roster;
  readonly #options: ChannelsOptions;
  readonly #table = new SessionTable();
  readonly #meter = new Meter();
  readonly #timers: NodeJS.Timeout[];
  readonly #unsubscribe: () => void;

  constructor(options: ChannelsOptions) {
    this.#options = options;
    this.roster = new Roster();
    this.#unsubscribe = options.engine.on((event) => this.#onEngine(event));
    this.#timers = [
      setInterval(() => this.tick(options.clock()), 1000),
      setInterval(() => this.meter(), METER_MILLISECONDS),
      setInterval(() => void this.#readPackets(), PACKETS_MILLISECONDS),
    ].map((timer) => timer.unref());
  }

  get size(): number {
    return this.#table.size;
  }

  get peers(): number {
    return this.#table.peers;
  }

  find(id: string): Session | undefined {
    return this.#table.get(id);
  }

  /** Registers a session that was just allowed. Null when the edge is full or the token has too many unconnected peers. */
  join(asked: NewSession): Session | null {
    const now = this.#options.clock();
    if (this.#table.size >= LIMITS.sessions) return null;
    if (asked.kind === 'http' && this.#table.pending(asked) >= LIMITS.pendingPerToken) return null;
    const session: Session = {
      ...asked,
      id: randomBytes(24).toString('base64url'),
      effective: effectiveBits(asked.granted, now),
      meteredAt: now,
      peers: new Map(),
      warned: false,
      over: false,
    };
    this.#table.add(session);
    this.#record(session, 'joined', 'ok', now);
    this.roster.enter(session);
    return session;
  }

  /** Opens a peer in the engine. Refused when the session ended meanwhile: then nothing of it stays open. */
  async open(
    session: Session,
    ask: { id: string; direction: Peer['direction']; publisher: string | null; offer: string },
  ): Promise<OpenResult> {
    if (session.over) return ENDED;
    const { engine, clock } = this.#options;
    const peerId = randomBytes(16).toString('hex');
    const opened = engine
      .open({
        peerId,
        room: roomOf(session),
        account: session.account,
        direction: ask.direction,
        publisher: ask.publisher,
        offer: ask.offer,
        permissions: effectiveBits(session.granted, clock()),
        expiresAt: milliseconds(session.granted.expiresAt),
      })
      .catch((): OpenResult => ({ ok: false, code: 'engine.unavailable', detail: 'The media engine did not answer.' }));
    const peer: Peer = { id: ask.id, peerId, direction: ask.direction, opened, connected: false, sending: new Set() };
    this.#table.addPeer(session, peer);
    const before = session.granted;
    const result = await opened;
    // Whoever ended it meanwhile took the peer out, and closes it.
    const gone = session.peers.get(ask.id) !== peer;
    if (!result.ok || gone) {
      this.#table.removePeer(session, peer);
      return result.ok ? ENDED : result;
    }
    if (session.granted !== before) await this.#push(session, peer);
    return result;
  }

  /** Whether one more peer of this direction fits into the session. */
  fits(session: Session, direction: Peer['direction']): boolean {
    let count = 0;
    for (const peer of session.peers.values()) if (peer.direction === direction) count++;
    return count < (direction === 'publish' ? LIMITS.publishes : LIMITS.subscribes);
  }

  /** Ends one peer of a WebSocket session. Unknown ids are ignored: the peer may have ended by itself. */
  async closePeer(session: Session, id: string): Promise<void> {
    const peer = session.peers.get(id);
    if (peer) await this.#close(session, peer);
  }

  /** The client left (DELETE, closed socket). */
  async leave(session: Session, reason: string): Promise<void> {
    await this.#end(session, 'left', reason);
  }

  /** A fresh token for a running session. Resolves when the forwarding path obeys. */
  async renew(session: Session, granted: Allow, facts: LiveFacts, tokenHash: Buffer): Promise<void> {
    session.facts = facts;
    session.tokenHash = tokenHash;
    await this.#regrant(session, granted, 'ok');
  }

  async #regrant(session: Session, granted: Allow, code: CutCode | 'ok'): Promise<void> {
    const now = this.#options.clock();
    session.granted = granted;
    session.effective = effectiveBits(granted, now);
    session.warned = false;
    this.#record(session, 'changed', code, now);
    session.listener?.permissions(code);
    await Promise.all([...session.peers.values()].map((peer) => this.#push(session, peer)));
  }

  /**
   * Decides every live session of the touched projects again: cuts those now refused, changes those whose permissions
   * changed. Resolves when the engine has confirmed all of it.
   */
  async sweep(touched: ReadonlySet<string> | 'all'): Promise<{ cut: number }> {
    const now = this.#options.clock();
    const sessions: Session[] = [];
    if (touched === 'all') sessions.push(...this.#table.all());
    else for (const appId of touched) sessions.push(...this.#table.of(appId));
    let cut = 0;
    const confirmed: Promise<void>[] = [];
    for (const session of sessions) {
      const decision = this.#options.redecide(session.facts, now);
      if (decision.verdict === 'deny') {
        cut++;
        this.#log(session, 'enforce', decision, now);
        confirmed.push(this.#cut(session, decision.code, decision.detail, decision.retryAfter ?? null, false));
      } else if (differs(session.granted, decision)) {
        confirmed.push(this.#regrant(session, decision, 'ok'));
      }
    }
    await Promise.all(confirmed);
    return { cut };
  }

  /** Ends what has run out and warns what soon will. The forwarding path has its own timers; this tells people. */
  tick(now: number): void {
    for (const session of this.#table.all()) {
      const end = session.granted.expiresAt.join * 1000;
      if (now >= end) {
        const detail = 'The right to join has run out.';
        this.#log(session, 'enforce', this.#refuse(session, 'token.expired', detail), now);
        void this.#cut(session, 'token.expired', detail, null, false);
        continue;
      }
      if (!session.warned && now >= end - WARN_MILLISECONDS) {
        session.warned = true;
        session.listener?.expiring(session.granted.expiresAt.join);
      }
      const bits = effectiveBits(session.granted, now);
      if (bits !== session.effective) {
        session.effective = bits;
        this.#record(session, 'changed', 'privilege.expired', now);
        session.listener?.permissions('privilege.expired');
      }
    }
  }

  meter(): void {
    const now = this.#options.clock();
    for (const session of this.#table.all()) this.#meter.time(session, now);
    this.#meter.flush(now, (appId, channel) => this.roster.occupied(appId, channel), this.#options.record);
  }

  /** Ends every session of this edge, telling WebSocket clients to rejoin. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#readPackets();
    this.#unsubscribe();
    await this.#endAll('edge.stopping', 'This edge is stopping.');
    this.meter();
    this.roster.stop();
  }

  #onEngine(event: EngineEvent): void {
    if (event.type === 'down') {
      void this.#endAll('engine.restarted', 'The media engine was restarted.');
      return;
    }
    if (event.type === 'up') return;
    const entry = this.#table.peer(event.peerId);
    if (!entry) return;
    const { session, peer } = entry;
    if (event.type === 'connected') this.#table.connected(session, peer);
    else if (event.type === 'media') this.#media(session, peer, event.kind, event.active);
    else if (event.type === 'expired') this.tick(this.#options.clock());
    else this.#peerClosed(session, peer, event.reason);
  }

  #media(session: Session, peer: Peer, kind: Kind, active: boolean): void {
    if (active) peer.sending.add(kind);
    else peer.sending.delete(kind);
    this.roster.changed(session);
  }

  #peerClosed(session: Session, peer: Peer, reason: 'timeout' | 'failed' | 'expired' | 'requested'): void {
    this.#table.removePeer(session, peer);
    this.roster.changed(session);
    if (reason === 'expired') {
      this.tick(this.#options.clock());
      // The engine's clock may be a moment ahead of the tick: the session is over all the same.
      if (!session.over) void this.#cut(session, 'token.expired', 'The right to join has run out.', null, false);
    } else if (session.kind === 'http') void this.#end(session, 'left', reason);
    else session.listener?.peerEnded(peer.id, reason);
  }

  async #cut(
    session: Session,
    code: CutCode,
    detail: string,
    retryAfter: number | null,
    rejoin: boolean,
  ): Promise<void> {
    if (session.over) return;
    this.cuts.add([code]);
    const ended = this.#end(session, 'cut', code);
    session.listener?.over(code, detail, retryAfter, rejoin);
    await ended;
  }

  async #endAll(code: 'engine.restarted' | 'edge.stopping', detail: string): Promise<void> {
    await Promise.all([...this.#table.all()].map((session) => this.#cut(session, code, detail, null, true)));
  }

  /** Takes the session out of every table at once, then waits until none of its packets is forwarded any more. */
  async #end(session: Session, event: 'left' | 'cut', reason: string): Promise<void> {
    if (session.over) return;
    const now = this.#options.clock();
    session.over = true;
    this.#table.remove(session);
    this.roster.leave(session);
    this.#meter.time(session, now);
    this.#record(session, event, reason, now);
    await Promise.all([...session.peers.values()].map((peer) => this.#close(session, peer)));
  }

  async #close(session: Session, peer: Peer): Promise<void> {
    this.#table.removePeer(session, peer);
    const { ok } = await peer.opened;
    // A dead engine forwards nothing: its refusal to answer is a confirmation too.
    if (ok) await this.#options.engine.close(peer.peerId).catch(() => undefined);
    this.roster.changed(session);
  }

  async #push(session: Session, peer: Peer): Promise<void> {
    const { ok } = await peer.opened;
    if (!ok || session.over) return;
    const { engine, clock } = this.#options;
    await engine
      .setPermissions(peer.peerId, effectiveBits(session.granted, clock()), milliseconds(session.granted.expiresAt))
      .catch(() => undefined);
  }

  async #readPackets(): Promise<void> {
    await this.#meter
      .packets(this.#options.engine, (peerId) => this.#table.peer(peerId)?.session)
      .catch(() => undefined);
  }

  #refuse(session: Session, code: 'token.expired', detail: string): Decision {
    const { bundle, tokenId, certificateId, wildcardUser } = session.granted;
    return { ...refuse(code, detail, bundle), tokenId, certificateId, wildcardUser };
  }

  #log(session: Session, action: DecisionRecord['action'], decision: Decision, now: number): void {
    const { traceId, appId, channel, account, address } = session;
    this.#options.decisions.record({ traceId, action, appId, channel, account, address }, decision, now);
  }

  #record(session: Session, event: SessionRecord['event'], reason: string, at: number): void {
    const { id: sessionId, appId, channel, account, direction, granted } = session;
    const { tokenId, certificateId } = granted;
    this.#options.record({
      kind: 'session',
      at,
      event,
      sessionId,
      appId,
      channel,
      account,
      direction,
      tokenId,
      certificateId,
      reason,
    });
  }
}

function differs(before: Allow, after: Allow): boolean {
  const [a, b] = [before.expiresAt, after.expiresAt];
  return (
    before.permissions !== after.permissions ||
    a.join !== b.join ||
    a.audio !== b.audio ||
    a.video !== b.video ||
    a.data !== b.data
  );
}
