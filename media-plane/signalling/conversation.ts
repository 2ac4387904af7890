import { liveFacts } from '@/lib/kernel/decision';
import { type Allow, type Deny, PERMISSION } from '@/lib/kernel/decision/types';
import type { Ask } from '../admission';
import { effectiveBits, type Session, type SessionListener } from '../channels';
import type { Log } from '../log';
import { relaySocket, type SocketRelay } from '../relay/socket';
import type { EdgeContext, Via } from './context';
import { refusalOf } from './problem';
import {
  CLOSE,
  type ClientMessage,
  type EdgeMessage,
  type JoinMessage,
  type OfferMessage,
  parseClientMessage,
  permissionNames,
} from './protocol';
import { hashToken } from './whip';

/** The socket as a conversation sees it; tests hand in their own. */
export interface Line {
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Bytes not yet taken by the client. */
  buffered(): number;
  log: Log;
}

/** One client on one socket: a join, then offers, renewals and notices until either side ends it. */
export class Conversation {
  readonly #context: EdgeContext;
  readonly #via: Via;
  readonly #line: Line;
  #session: Session | null = null;
  #joined: JoinMessage | null = null;
  #relay: SocketRelay | null = null;
  #gone = false;

  constructor(context: EdgeContext, via: Via, line: Line) {
    this.#context = context;
    this.#via = via;
    this.#line = line;
  }

  async receive(frame: string): Promise<void> {
    if (this.#gone) return;
    if (this.#relay) return this.#relay.forward(frame);
    const parsed = parseClientMessage(frame);
    if (!parsed.ok) return this.#line.close(CLOSE.protocol, parsed.detail);
    const message = parsed.value;
    if (message.type === 'ping') return this.#send({ type: 'pong' });
    if (message.type === 'join') {
      if (this.#joined) return this.#line.close(CLOSE.protocol, 'the session has joined already');
      this.#joined = message;
      return this.#join(message, frame);
    }
    if (!this.#session || !this.#joined) return this.#line.close(CLOSE.protocol, 'the first message is join');
    return this.#inSession(this.#session, this.#joined, message);
  }

  /** The socket is gone, whoever closed it. */
  async closed(): Promise<void> {
    this.#gone = true;
    this.#relay?.close();
    if (this.#session) await this.#context.channels.leave(this.#session, 'client_left');
  }

  #join(message: JoinMessage, frame: string): void {
    const refused = this.#admit(message, frame);
    if (refused) this.#refused('join', refused);
  }

  /** Null when the session began here, or is being relayed to its home. */
  #admit(message: JoinMessage, frame: string): Deny | null {
    const { admission, channels, clock, edge, relay } = this.#context;
    const ask = this.#ask(message, 'join');
    const now = clock();
    const disagreement = relay.disagreement(ask.appId, ask.channel, this.#via.relayed);
    if (disagreement) return admission.refuse(ask, disagreement.code, disagreement.detail, now);
    const home = this.#via.relayed ? null : admission.home(ask.appId, ask.channel);
    const decision = admission.admit({ ...ask, relayed: home !== null }, now);
    if (decision.verdict === 'deny') return decision;
    if (home) {
      this.#relay = relaySocket(relay, home, this.#via, frame, {
        send: (text) => this.#line.send(text),
        close: (code, reason) => this.#line.close(code, reason),
        unreachable: (detail) =>
          this.#refused('join', admission.refuse(ask, 'engine.unavailable', detail, clock(), decision)),
        log: this.#line.log,
      });
      return null;
    }
    const { account, bundle } = decision;
    this.#session = channels.join({
      kind: 'socket',
      direction: 'both',
      appId: ask.appId,
      channel: ask.channel,
      account,
      address: ask.address,
      traceId: ask.traceId,
      tokenHash: ask.token === null ? null : hashToken(ask.token),
      facts: liveFacts(ask, decision, now),
      granted: decision,
      listener: this.#listener(),
    });
    if (!this.#session) return admission.refuse(ask, 'rate.limited', 'This edge is full.', now, decision);
    this.#send({ type: 'joined', account, ...rights(decision, now), edge, bundle, traceId: ask.traceId });
    if (channels.roster.observed(this.#session)) this.#session.listener?.roster();
    return null;
  }

  async #inSession(
    session: Session,
    joined: JoinMessage,
    message: Exclude<ClientMessage, { type: 'join' | 'ping' }>,
  ): Promise<void> {
    // Cut, and the socket not closed yet: it was told, and nothing more comes.
    if (session.over) return;
    const { channels } = this.#context;
    if (message.type === 'leave') return channels.closePeer(session, message.id);
    if (message.type === 'renew') return this.#renew(session, joined, message.token);
    return this.#offer(session, joined, message);
  }

  async #offer(session: Session, joined: JoinMessage, message: OfferMessage): Promise<void> {
    const { admission, channels, clock } = this.#context;
    const ask = { ...this.#ask(joined, message.direction), account: session.account };
    const refuse = (code: Deny['code'], detail: string) =>
      this.#refused('offer', admission.refuse(ask, code, detail, clock(), session.granted), message.id);
    if (session.peers.has(message.id)) return refuse('request.invalid', 'The id is in use.');
    if (!channels.fits(session, message.direction))
      return refuse('request.invalid', 'The session has as many connections as it may.');
    const media = PERMISSION.audio | PERMISSION.video | PERMISSION.data;
    if (message.direction === 'publish' && !(effectiveBits(session.granted, clock()) & media)) {
      return refuse('privilege.publish_missing', 'Neither audio nor video nor data may be published.');
    }
    const { id, direction, publisher, sdp: offer } = message;
    const opened = await channels.open(session, { id, direction, publisher, offer });
    if (session.over || this.#gone) return;
    if (!opened.ok) return refuse(opened.code, opened.detail);
    this.#send({ type: 'answer', id, sdp: opened.answer });
  }

  /** Runs the whole decision again with the new token. A refusal leaves the session as it was, until its own end. */
  async #renew(session: Session, joined: JoinMessage, token: string): Promise<void> {
    const { admission, channels, clock } = this.#context;
    const now = clock();
    const ask = { ...this.#ask(joined, 'join'), account: session.account, token };
    const decision = admission.admit(ask, now);
    if (decision.verdict === 'deny') return this.#refused('renew', decision);
    await channels.renew(session, decision, liveFacts(ask, decision, now), hashToken(token));
    if (!session.over) this.#send({ type: 'renewed', ...rights(decision, now) });
  }

  #ask(message: JoinMessage, action: Ask['action']): Ask {
    const { appId, channel, account, token } = message;
    const { address, traceId } = this.#via;
    // uid 0 means "no name given", as in the vendor's SDKs.
    return { appId, channel, account: account === '0' ? '' : account, token, action, address, traceId };
  }

  #refused(what: 'join' | 'offer' | 'renew', deny: Deny, id?: string): void {
    this.#send({ type: 'refused', for: what, ...(id !== undefined && { id }), ...refusalOf(deny, this.#via.traceId) });
    if (what === 'join') this.#line.close(CLOSE.refused, deny.code);
  }

  #listener(): SessionListener {
    const session = () => this.#session;
    const { channels, clock } = this.#context;
    return {
      permissions: (code) => {
        const live = session();
        if (live) this.#send({ type: 'permissions', ...rights(live.granted, clock()), code });
      },
      peerEnded: (id, reason) => this.#send({ type: 'ended', id, reason }),
      expiring: (at) => this.#send({ type: 'expiring', at }),
      roster: () => {
        const live = session();
        // A slow reader is spared the roster, of which only the newest counts, but never that somebody observes.
        if (live && (this.#line.buffered() === 0 || channels.roster.observed(live)))
          this.#send({ type: 'participants', ...channels.roster.list(live) });
      },
      over: (code, detail, retryAfter, rejoin) => {
        this.#send({ type: 'cut', code, detail, retryAfter, rejoin });
        this.#line.close(rejoin ? CLOSE.restart : CLOSE.cut, code);
      },
    };
  }

  #send(message: EdgeMessage): void {
    if (!this.#gone) this.#line.send(JSON.stringify(message));
  }
}

function rights(granted: Allow, now: number) {
  return { permissions: permissionNames(effectiveBits(granted, now)), expiresAt: granted.expiresAt };
}
