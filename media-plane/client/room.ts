import type { CutCode, Expiries, Participant, PermissionName, Refusal } from '../signalling/protocol';
import { Emitter } from './emitter';
import { MediaPeer } from './peer';
import { EdgeSocket, type Joined, type Notice, RefusedError, type SocketEvents } from './socket';
import type { PeerStatistics } from './stats';

/** A text, or a function that fetches a fresh token: then the room renews by itself before the token runs out. */
export type TokenSource = string | null | (() => string | null | Promise<string | null>);

export interface JoinOptions {
  /** Base URL of an edge inside the project's fence. */
  edgeUrl: string;
  appId: string;
  channel: string;
  /** uid in decimal or account; absent: the one the token names, or one the edge gives out. */
  account?: string;
  token: TokenSource;
}

export type RoomState = 'joined' | 'reconnecting' | 'over';

export interface RoomEvents {
  state: RoomState;
  participants: { participants: Participant[]; count: number };
  permissions: { permissions: PermissionName[]; expiresAt: Expiries; code: string };
  /** The session was ended by the edge; `rejoin` means the room is coming back by itself. */
  cut: { code: CutCode; detail: string; retryAfter: number | null; rejoin: boolean };
  /** A rejoin, renewal or connection was refused. */
  refused: Refusal;
  /** Unix seconds. Call `renew` with a fresh token before then. */
  expiring: { at: number };
  stats: PeerStatistics[];
  /** From another participant's data channel. */
  message: { data: string | ArrayBuffer };
}

const STATS_MILLISECONDS = 1_000;
const FIRST_PAUSE_MILLISECONDS = 200;
/** Together with the time an answer may take, a restarted edge is found again within ten seconds. */
const LONGEST_PAUSE_MILLISECONDS = 2_000;
/** Refusals that pass by themselves; any other ends the room. */
const PASSING = new Set(['engine.unavailable', 'policy.missing', 'policy.generation', 'rate.limited']);

/** A place in a channel. Reconnects by itself after a restart of edge or engine; never after a cut. */
export class Room extends Emitter<RoomEvents> {
  state: RoomState = 'joined';
  account: string;
  permissions: PermissionName[];
  expiresAt: Expiries;
  participants: Participant[] = [];
  edge: Joined['edge'];
  /** The policy that admitted: the position its decision was taken at. */
  bundle: Joined['bundle'];
  traceId: string;
  readonly #options: JoinOptions;
  readonly #peers = new Map<string, MediaPeer>();
  readonly #stats: ReturnType<typeof setInterval>;
  #socket: EdgeSocket | null = null;
  #peerNumber = 0;

  private constructor(options: JoinOptions, joined: Joined) {
    super();
    this.#options = options;
    ({
      account: this.account,
      permissions: this.permissions,
      expiresAt: this.expiresAt,
      edge: this.edge,
      bundle: this.bundle,
      traceId: this.traceId,
    } = joined);
    this.#stats = setInterval(() => void this.#readStats(), STATS_MILLISECONDS);
  }

  /** @throws RefusedError when the edge says no, UnreachableError when it cannot be reached. */
  static async join(options: JoinOptions): Promise<Room> {
    // Notices may come before the room exists; the first of them is never worth more than the next.
    let room: Room | undefined;
    const { socket, joined } = await Room.#connect(options, {
      notice: (message) => {
        if (room) room.#notice(message);
      },
      lost: () => {
        if (room) room.#lost();
      },
    });
    room = new Room(options, joined);
    room.#socket = socket;
    return room;
  }

  /** Sends the tracks of a stream. @throws RefusedError, UnreachableError */
  publish(stream: MediaStream, options: { data?: boolean } = {}): Promise<MediaPeer> {
    return this.#add('publish', null, stream, options.data ?? false);
  }

  /** Plays one publisher, or with null the first one, following when publishers change. @throws RefusedError, UnreachableError */
  subscribe(publisher: string | null = null, options: { data?: boolean } = {}): Promise<MediaPeer> {
    return this.#add('subscribe', publisher, null, options.data ?? false);
  }

  /** Runs the edge's whole decision again with a fresh token; the session goes on under it. @throws RefusedError */
  async renew(token: string): Promise<void> {
    const renewed = await this.#socket?.renew(token);
    if (renewed) ({ permissions: this.permissions, expiresAt: this.expiresAt } = renewed);
  }

  leave(): void {
    this.#socket?.close();
    this.#end();
  }

  async #add(
    direction: 'publish' | 'subscribe',
    publisher: string | null,
    stream: MediaStream | null,
    data: boolean,
  ): Promise<MediaPeer> {
    if (!this.#socket) throw new Error('The room is not joined.');
    const id = `${direction}-${++this.#peerNumber}`;
    const peer = new MediaPeer(id, direction, publisher, stream, data, {
      socket: () => this.#socket,
      refused: (error) => this.emit('refused', error.refusal),
      message: (message) => this.emit('message', { data: message }),
      gone: () => this.#peers.delete(id),
    });
    this.#peers.set(id, peer);
    try {
      await peer.connect(this.#socket);
    } catch (error) {
      peer.stop();
      throw error;
    }
    return peer;
  }

  static async #connect(options: JoinOptions, events: SocketEvents) {
    const { edgeUrl, appId, channel, account = '', token } = options;
    const text = typeof token === 'function' ? await token() : token;
    return EdgeSocket.join(edgeUrl, { appId, channel, account, token: text }, events);
  }

  #notice(message: Notice): void {
    switch (message.type) {
      case 'participants':
        this.participants = message.participants;
        this.emit('participants', message);
        break;
      case 'permissions':
        this.permissions = message.permissions;
        this.expiresAt = message.expiresAt;
        this.emit('permissions', message);
        break;
      case 'expiring':
        this.emit('expiring', message);
        void this.#renewByItself();
        break;
      case 'ended':
        // Its time ran out, or we closed it: neither is mended by another offer.
        if (message.reason === 'timeout' || message.reason === 'failed') this.#peers.get(message.id)?.again();
        break;
      case 'cut':
        this.emit('cut', message);
        this.#socket?.close();
        if (message.rejoin) this.#lost();
        else this.#end();
    }
  }

  async #renewByItself(): Promise<void> {
    const { token } = this.#options;
    if (typeof token !== 'function') return;
    const text = await Promise.resolve(token()).catch(() => null);
    if (text === null) return;
    await this.renew(text).catch((error: unknown) => {
      if (error instanceof RefusedError) this.emit('refused', error.refusal);
    });
  }

  #lost(): void {
    if (this.state !== 'joined') return;
    this.#socket = null;
    for (const peer of this.#peers.values()) peer.suspend();
    this.#become('reconnecting');
    void this.#rejoin();
  }

  async #rejoin(): Promise<void> {
    for (let attempt = 0; this.state === 'reconnecting'; attempt++) {
      const pause = Math.min(LONGEST_PAUSE_MILLISECONDS, FIRST_PAUSE_MILLISECONDS * 2 ** attempt);
      // Full jitter: after a restart everybody comes back, but not at once.
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random() / 2)));
      try {
        // The name given out at first stays ours.
        const options = { ...this.#options, account: this.#options.account ?? this.account };
        const { socket, joined } = await Room.#connect(options, {
          notice: (message) => this.#notice(message),
          lost: () => this.#lost(),
        });
        if (this.state !== 'reconnecting') return socket.close();
        this.#socket = socket;
        ({
          account: this.account,
          permissions: this.permissions,
          expiresAt: this.expiresAt,
          edge: this.edge,
          bundle: this.bundle,
          traceId: this.traceId,
        } = joined);
        this.#become('joined');
        for (const peer of this.#peers.values()) peer.again();
        return;
      } catch (error) {
        if (error instanceof RefusedError && !PASSING.has(error.refusal.code)) {
          this.emit('refused', error.refusal);
          return this.#end();
        }
      }
    }
  }

  async #readStats(): Promise<void> {
    const read = await Promise.all([...this.#peers.values()].map((peer) => peer.statistics().catch(() => null)));
    const stats = read.filter((entry) => entry !== null);
    if (stats.length > 0) this.emit('stats', stats);
  }

  #end(): void {
    this.#socket = null;
    clearInterval(this.#stats);
    for (const peer of [...this.#peers.values()]) peer.stop();
    if (this.state !== 'over') this.#become('over');
  }

  #become(state: RoomState): void {
    this.state = state;
    this.emit('state', state);
  }
}
