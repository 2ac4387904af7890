import type { DenyCode } from '@/lib/kernel/decision/codes';
import type { Region } from '@/lib/kernel/region';

/**
 * The messages of `/v1/connect` (README.md has the table): JSON text frames of at most 64 KiB. Shared by the edge, which
 * parses what clients send, and by the browser SDK. No Node built-ins here.
 */
export const MAX_FRAME_BYTES = 65_536;

/** What a person may do, in words: `PERMISSION` bits without `join` and `login`. */
export type PermissionName = 'audio' | 'video' | 'data';

export interface Expiries {
  /** Unix seconds. */
  join: number;
  audio: number;
  video: number;
  data: number;
}

// ---- client to edge

export interface JoinMessage {
  type: 'join';
  appId: string;
  channel: string;
  account: string;
  token: string | null;
}
export interface OfferMessage {
  type: 'offer';
  /** Chosen by the client, unique among its live peers. */
  id: string;
  direction: 'publish' | 'subscribe';
  sdp: string;
  /** With `subscribe`: whose media; null or absent follows the first publisher. */
  publisher: string | null;
}
export interface LeaveMessage {
  type: 'leave';
  id: string;
}
export interface RenewMessage {
  type: 'renew';
  token: string;
}
export interface PingMessage {
  type: 'ping';
}
export type ClientMessage = JoinMessage | OfferMessage | LeaveMessage | RenewMessage | PingMessage;

// ---- edge to client

export interface Refusal {
  code: DenyCode;
  rule: string;
  says: string;
  next: string;
  detail: string;
  traceId: string;
  bundle: { epoch: number; seq: number };
  allowedRegions?: readonly Region[];
  allowedEdges?: readonly { name: string; region: Region; url: string }[];
  /** Unix seconds. */
  retryAfter?: number;
}

export interface Participant {
  account: string;
  kinds: PermissionName[];
  /** Somebody of the provider, who watches under a grant. The name says which session it is in the organisation's log, and no person. */
  observer?: true;
}

export type CutCode = DenyCode | 'engine.restarted' | 'edge.stopping';

export type EdgeMessage =
  | {
      type: 'joined';
      account: string;
      permissions: PermissionName[];
      expiresAt: Expiries;
      edge: { name: string; region: Region; url: string };
      bundle: { epoch: number; seq: number };
      traceId: string;
    }
  /** `for` names the message refused; after `join` the socket closes with 4003. */
  | ({ type: 'refused'; for: 'join' | 'offer' | 'renew'; id?: string } & Refusal)
  | { type: 'answer'; id: string; sdp: string }
  /** A peer of this session ended while the session goes on. */
  | { type: 'ended'; id: string; reason: 'timeout' | 'failed' | 'expired' | 'requested' }
  | {
      type: 'permissions';
      permissions: PermissionName[];
      expiresAt: Expiries;
      code: CutCode | 'ok' | 'privilege.expired';
    }
  /** Observers of the provider first, then publishers; at most 200 are named, `count` counts all. */
  | { type: 'participants'; participants: Participant[]; count: number }
  | { type: 'expiring'; at: number }
  | { type: 'renewed'; permissions: PermissionName[]; expiresAt: Expiries }
  /** The session is over; the socket closes. `rejoin` says whether the same token may simply be tried again. */
  | { type: 'cut'; code: CutCode; detail: string; retryAfter: number | null; rejoin: boolean }
  | { type: 'pong' };

export const CLOSE = { protocol: 4000, cut: 4001, refused: 4003, slow: 4008, restart: 1012 } as const;

export type Parsed<T> = { ok: true; value: T } | { ok: false; detail: string };

/** Parses a frame of a client. Hostile: anything may be in it. `detail` names the field, never its value. */
export function parseClientMessage(frame: string): Parsed<ClientMessage> {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return wrong('the frame is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('the frame is not an object');
  const fields = value as Record<string, unknown>;
  const text = (name: string, limit: number): string | null => {
    const field = fields[name];
    return typeof field === 'string' && field.length <= limit ? field : null;
  };
  switch (fields.type) {
    case 'join': {
      const [appId, channel, account] = [text('appId', 64), text('channel', 256), text('account', 1024)];
      if (appId === null) return wrong('appId is not a short text');
      if (channel === null) return wrong('channel is not a short text');
      if (account === null) return wrong('account is not a short text');
      // Over-long tokens pass here: `decide` refuses them with the code that says so.
      const token = fields.token === null || fields.token === undefined ? null : text('token', MAX_FRAME_BYTES);
      if (token === null && fields.token != null) return wrong('token is not a text');
      return { ok: true, value: { type: 'join', appId, channel, account, token: token === '' ? null : token } };
    }
    case 'offer': {
      const [id, sdp] = [text('id', 64), text('sdp', MAX_FRAME_BYTES)];
      if (id === null || id === '') return wrong('id is not a short text');
      if (sdp === null) return wrong('sdp is not a text');
      const { direction } = fields;
      if (direction !== 'publish' && direction !== 'subscribe')
        return wrong('direction is neither publish nor subscribe');
      const publisher = fields.publisher == null ? null : text('publisher', 1024);
      if (publisher === null && fields.publisher != null) return wrong('publisher is not a short text');
      return { ok: true, value: { type: 'offer', id, direction, sdp, publisher } };
    }
    case 'leave': {
      const id = text('id', 64);
      return id === null ? wrong('id is not a short text') : { ok: true, value: { type: 'leave', id } };
    }
    case 'renew': {
      const token = text('token', MAX_FRAME_BYTES);
      return token === null ? wrong('token is not a text') : { ok: true, value: { type: 'renew', token } };
    }
    case 'ping':
      return { ok: true, value: { type: 'ping' } };
    default:
      return wrong('type is not known');
  }
}

const wrong = (detail: string): { ok: false; detail: string } => ({ ok: false, detail });

/** Bits of `PERMISSION` (lib/kernel/decision/types) in words. */
export function permissionNames(bits: number): PermissionName[] {
  const names: PermissionName[] = [];
  if (bits & 2) names.push('audio');
  if (bits & 4) names.push('video');
  if (bits & 8) names.push('data');
  return names;
}
