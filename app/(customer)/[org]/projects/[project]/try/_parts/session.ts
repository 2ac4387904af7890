'use client';
import {
  type CutCode,
  type Expiries,
  join,
  type MediaPeer,
  type Participant,
  type PeerStatistics,
  type PermissionName,
  type Refusal,
  RefusedError,
  type Room,
  type RoomState,
  type TokenSource,
  UnreachableError,
} from '@/media-plane/client';

/** One person's place in a channel as the page shows it: the SDK's room, whose media it plays, what was said and why it ended. */
export interface Tile {
  account: string;
  stream: MediaStream;
  peerId: string;
}
export interface Message {
  n: number;
  from: 'you' | 'others';
  text: string;
}
export interface View {
  phase: 'idle' | 'joining' | RoomState;
  account: string;
  edge: Room['edge'] | null;
  /** The policy that admitted. */
  bundle: Room['bundle'] | null;
  traceId: string | null;
  permissions: readonly PermissionName[];
  expiresAt: Expiries | null;
  participants: readonly Participant[];
  count: number;
  own: Tile | null;
  tiles: readonly Tile[];
  stats: readonly PeerStatistics[];
  messages: readonly Message[];
  refusal: Refusal | null;
  cut: { code: CutCode; detail: string; rejoin: boolean } | null;
  problem: string | null;
}

export const NOBODY: View = {
  phase: 'idle',
  account: '',
  edge: null,
  bundle: null,
  traceId: null,
  permissions: [],
  expiresAt: null,
  participants: [],
  count: 0,
  own: null,
  tiles: [],
  stats: [],
  messages: [],
  refusal: null,
  cut: null,
  problem: null,
};

const MESSAGES_KEPT = 50;

export class TrySession {
  #view = NOBODY;
  #listeners = new Set<() => void>();
  #room: Room | null = null;
  /** The one publishing connection: media, or only the data channel until something is published. */
  #line: MediaPeer | null = null;
  #playing = new Map<string, MediaPeer>();
  #said = 0;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly view = (): View => this.#view;

  async join(options: {
    edgeUrl: string;
    appId: string;
    channel: string;
    account: string;
    token: TokenSource;
  }): Promise<void> {
    this.#view = NOBODY;
    this.#set({ phase: 'joining' });
    try {
      const room = await join(options);
      this.#room = room;
      this.#listen(room);
      this.#show(room);
      await this.#open(new MediaStream());
      this.#follow(room.participants, room.participants.length);
    } catch (error) {
      this.#set({ phase: 'idle', ...explain(error) });
    }
  }

  /** Sends what the token allows of the stream. */
  async publish(stream: MediaStream): Promise<void> {
    const allowed = stream.getTracks().filter(({ kind }) => this.#view.permissions.includes(kind as PermissionName));
    if (await this.#open(new MediaStream(allowed)))
      this.#set({ own: { account: this.#view.account, stream, peerId: this.#line?.id ?? '' } });
  }

  async unpublish(): Promise<void> {
    this.#set({ own: null });
    await this.#open(new MediaStream());
  }

  /** False when there is no open data channel. */
  say(text: string): boolean {
    const sent = this.#line?.send(text) ?? false;
    if (sent) this.#hear('you', text);
    return sent;
  }

  leave(): void {
    this.#room?.leave();
    this.#room = null;
    this.#line = null;
    this.#playing.clear();
    this.#view = { ...NOBODY };
    this.#set({});
  }

  #listen(room: Room): void {
    room.on('state', (phase) => {
      if (this.#room !== room) return;
      if (phase !== 'over') return this.#show(room);
      this.#room = null;
      this.#line = null;
      this.#playing.clear();
      this.#set({ phase, own: null, tiles: [], stats: [], participants: [], count: 0 });
    });
    room.on('participants', ({ participants, count }) => this.#follow(participants, count));
    room.on('permissions', ({ permissions, expiresAt }) => this.#set({ permissions, expiresAt }));
    room.on('stats', (stats) => this.#set({ stats }));
    room.on('cut', ({ code, detail, rejoin }) => this.#set({ cut: { code, detail, rejoin } }));
    room.on('refused', (refusal) => this.#set({ refusal }));
    room.on('message', ({ data }) =>
      this.#hear('others', typeof data === 'string' ? data : `${data.byteLength} bytes`),
    );
  }

  #show(room: Room): void {
    const { state: phase, account, edge, bundle, traceId, permissions, expiresAt } = room;
    this.#set({
      phase,
      account,
      edge,
      bundle,
      traceId,
      permissions,
      expiresAt,
      ...(phase === 'joined' ? { cut: null } : {}),
    });
  }

  /** Replaces the publishing connection. With nothing to send and no right to send data there is none. */
  async #open(stream: MediaStream): Promise<boolean> {
    const room = this.#room;
    if (!room) return false;
    this.#line?.stop();
    this.#line = null;
    const data = room.permissions.includes('data');
    if (!data && stream.getTracks().length === 0) return true;
    try {
      this.#line = await room.publish(stream, { data });
      return true;
    } catch (error) {
      this.#set(explain(error));
      return false;
    }
  }

  /** Plays everybody who sends, and stops playing who no longer does. */
  #follow(participants: readonly Participant[], count: number): void {
    this.#set({ participants, count });
    const sending = new Set(
      participants
        .filter(({ account, kinds }) => account !== this.#view.account && kinds.some((kind) => kind !== 'data'))
        .map(({ account }) => account),
    );
    for (const account of [...this.#playing.keys()]) if (!sending.has(account)) this.#stopPlaying(account);
    for (const account of sending) if (!this.#playing.has(account)) void this.#play(account);
  }

  #wanted = new Set<string>();
  async #play(account: string): Promise<void> {
    const room = this.#room;
    if (!room || this.#wanted.has(account)) return;
    this.#wanted.add(account);
    try {
      // Who may not send data has no line of their own to hear messages on; exactly one connection carries them.
      const hears = !room.permissions.includes('data') && this.#playing.size === 0;
      const peer = await room.subscribe(account, { data: hears });
      if (this.#room !== room) return peer.stop();
      this.#playing.set(account, peer);
      this.#set({ tiles: [...this.#view.tiles, { account, stream: peer.stream, peerId: peer.id }] });
    } catch (error) {
      this.#set(explain(error));
    } finally {
      this.#wanted.delete(account);
    }
  }

  #stopPlaying(account: string): void {
    this.#playing.get(account)?.stop();
    this.#playing.delete(account);
    this.#set({ tiles: this.#view.tiles.filter((tile) => tile.account !== account) });
  }

  #hear(from: Message['from'], text: string): void {
    this.#set({ messages: [...this.#view.messages, { n: ++this.#said, from, text }].slice(-MESSAGES_KEPT) });
  }

  #set(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function explain(error: unknown): Partial<View> {
  if (error instanceof RefusedError) return { refusal: error.refusal };
  if (error instanceof UnreachableError)
    return { problem: `${error.message} It may be down, or not reachable from this browser.` };
  return { problem: error instanceof Error ? error.message : 'Something went wrong in this browser.' };
}
