import { isObserverName, type LiveFacts } from '@/lib/kernel/decision';
import type { Allow } from '@/lib/kernel/decision/types';
import type { Kind, OpenResult } from '../engine/port';
import type { CutCode } from '../signalling/protocol';

/** One WHIP or WHEP connection (`http`, exactly one peer) or one WebSocket with its peers (`socket`). */
export interface Session {
  /** 192 random bits, base64url; with the token it is what may end an HTTP session. */
  readonly id: string;
  readonly kind: 'http' | 'socket';
  readonly direction: 'publish' | 'subscribe' | 'both';
  readonly appId: string;
  readonly channel: string;
  readonly account: string;
  readonly traceId: string;
  /** Client address as the limits and records see it. */
  readonly address: string;
  /** SHA-256 of the token text; null in `app-id` mode. */
  tokenHash: Buffer | null;
  /** The admission as it was; a sweep judges this again, so a limit that is lifted later gives back what it took. */
  facts: LiveFacts;
  /** The decision in force; replaced by a sweep or a renewal. */
  granted: Allow;
  /** Bits last told to the client; some may have run out since the decision. */
  effective: number;
  /** Up to here participant seconds are metered, Unix milliseconds. */
  meteredAt: number;
  /** By the id the client chose; HTTP sessions use the session id. */
  readonly peers: Map<string, Peer>;
  listener: SessionListener | null;
  warned: boolean;
  over: boolean;
}

export interface Peer {
  readonly id: string;
  readonly peerId: string;
  readonly direction: 'publish' | 'subscribe';
  readonly opened: Promise<OpenResult>;
  connected: boolean;
  readonly sending: Set<Kind>;
}

/** What a WebSocket is told; HTTP sessions have no way to be told and pass null. */
export interface SessionListener {
  permissions(code: CutCode | 'ok' | 'privilege.expired'): void;
  peerEnded(id: string, reason: 'timeout' | 'failed' | 'expired' | 'requested'): void;
  expiring(at: number): void;
  roster(): void;
  over(code: CutCode, detail: string, retryAfter: number | null, rejoin: boolean): void;
}

export type NewSession = Pick<
  Session,
  | 'kind'
  | 'direction'
  | 'appId'
  | 'channel'
  | 'account'
  | 'traceId'
  | 'address'
  | 'tokenHash'
  | 'facts'
  | 'granted'
  | 'listener'
>;

/** Somebody of the provider, who watches: no name of another kind of participant begins so (lib/kernel/decision). */
export const isObserver = ({ account }: Pick<Session, 'account'>): boolean => isObserverName(account);

export const roomOf = (session: Pick<Session, 'appId' | 'channel'>): string => `${session.appId}:${session.channel}`;

/** `PERMISSION` bits still held at `now` (Unix milliseconds). */
export function effectiveBits(granted: Allow, now: number): number {
  const { join, audio, video, data } = granted.expiresAt;
  let bits = granted.permissions;
  if (now >= audio * 1000) bits &= ~2;
  if (now >= video * 1000) bits &= ~4;
  if (now >= data * 1000) bits &= ~8;
  return now >= join * 1000 ? 0 : bits;
}

export function milliseconds(expiresAt: Allow['expiresAt']): Allow['expiresAt'] {
  const { join, audio, video, data } = expiresAt;
  return { join: join * 1000, audio: audio * 1000, video: video * 1000, data: data * 1000 };
}
