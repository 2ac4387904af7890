import type { Region } from '../region';
import type { Resource, ResourceKey } from './resources';

/**
 * fence-sync/1: the protocol between control and an edge. WebSocket over mutual TLS 1.3, the edge dials out, binary frames:
 * `u32 big-endian header length | JSON header | payload bytes`. A signature covers the payload bytes exactly as sent;
 * the verifier never canonicalises.
 */
export const PROTOCOL = 'fence-sync/1';

/**
 * A position in a region's chain. `hash` is lower-case hex SHA-256. A snapshot starts a chain: H = SHA-256(payload). A delta goes on:
 * H(n) = SHA-256(H(n-1) || SHA-256(payload of n)), both sides of || as 32 raw bytes. Payloads never contain their own hash.
 */
export interface Position {
  epoch: number;
  seq: number;
  hash: string;
}

export interface Signature {
  /** Hex, first 16 characters of SHA-256 of the raw public key. */
  keyId: string;
  /** Base64 of the 64-byte Ed25519 signature over `fence-sync/1\n<type>\n<region>\n` and the payload. */
  value: string;
}

// ---- edge to control

export interface Hello {
  type: 'Hello';
  proto: typeof PROTOCOL;
  edge: string;
  region: Region;
  build: string;
  bootId: string;
  have: (Position & { source: 'disk' }) | null;
  /** Highest position ever accepted. */
  ratchet: { epoch: number; seq: number } | null;
  /** Unix milliseconds at the edge. */
  clock: number;
  /** Where clients and other edges reach this one. */
  url: string;
  relay: string;
}

export interface Ack {
  type: 'Ack';
  epoch: number;
  seq: number;
  hash: string;
  stage: 'applied' | 'enforced';
  receivedAt: number;
  at: number;
  /** Live sessions cut by this change; only with `enforced`. */
  cut?: number;
}

export interface Nack {
  type: 'Nack';
  seq: number;
  active: Position | null;
  code: 'signature' | 'scope' | 'base_mismatch' | 'schema' | 'limits' | 'replay' | 'storage';
  detail: string;
}

/** Numbered upstream batches from the disk spool; acknowledged after commit by `Received`. */
export interface Upstream {
  type: 'Upstream';
  bootId: string;
  /** Number of the first and last record in the payload (one JSON record per line). */
  first: number;
  last: number;
  /** Records lost because the spool was full, since boot. */
  dropped: number;
}

export type UpstreamRecord = DecisionRecord | SessionRecord | MeterRecord;

export interface DecisionRecord {
  kind: 'decision';
  n: number;
  /** Unix milliseconds. */
  at: number;
  traceId: string;
  appId: string;
  channel: string;
  account: string;
  action: 'join' | 'publish' | 'subscribe' | 'enforce' | 'relay';
  verdict: 'allow' | 'deny';
  /** Rule that decided, for example `fence`. */
  rule: string;
  /** Stable code, `ok` when allowed. */
  code: string;
  epoch: number;
  seq: number;
  tokenId: string | null;
  certificateId: string | null;
  /** The token named no user (uid 0, `*` or a pattern). */
  wildcardUser: boolean;
  /** Client address cut to /24 or /48. */
  addressPrefix: string;
  /** Identical denies within a second collapse into one record with an exact count. */
  count: number;
}

export interface SessionRecord {
  kind: 'session';
  n: number;
  at: number;
  event: 'joined' | 'changed' | 'left' | 'cut';
  sessionId: string;
  appId: string;
  channel: string;
  account: string;
  direction: 'publish' | 'subscribe' | 'both';
  tokenId: string | null;
  certificateId: string | null;
  /** With `left` and `cut`: a stable code, for example `client_left`, `revoked.user`. */
  reason: string;
}

export interface MeterRecord {
  kind: 'meter';
  n: number;
  at: number;
  appId: string;
  channel: string;
  participantSeconds: number;
  packetsIn: number;
  packetsOut: number;
}

export interface Report {
  type: 'Report';
  active: Position | null;
  sessions: number;
  rssBytes: number;
  spoolDepth: number;
  dropped: number;
  enginePid: number | null;
}

// ---- control to edge

export interface Welcome {
  type: 'Welcome';
  session: string;
  serverTime: number;
  beatMilliseconds: number;
  leaseMilliseconds: number;
  /** The region's key, sealed to the public key in the edge's certificate (see lib/keyring). */
  regionKey: string;
}

/** Header of a snapshot; the payload is `SnapshotPayload` as JSON. */
export interface Snapshot {
  type: 'Snapshot';
  signatures: Signature[];
}
export interface SnapshotPayload {
  region: Region;
  epoch: number;
  seq: number;
  resources: Resource[];
}

/** Header of a delta; the payload is `DeltaPayload` as JSON. */
export interface Delta {
  type: 'Delta';
  signatures: Signature[];
  lane: 'staged' | 'fast';
  mode: 'shadow' | 'enforce';
}
export interface DeltaPayload {
  region: Region;
  epoch: number;
  baseSeq: number;
  baseHash: string;
  seq: number;
  put: Resource[];
  del: ResourceKey[];
}

/** Header of a beat; the payload is `BeatPayload` as JSON. One signature per region per beat renews every lease. */
export interface Beat {
  type: 'Beat';
  signatures: Signature[];
}
export interface BeatPayload extends Position {
  region: Region;
  /** Unix milliseconds. */
  issued: number;
  expires: number;
}

export interface Received {
  type: 'Received';
  bootId: string;
  last: number;
}

export type EdgeMessage = Hello | Ack | Nack | Upstream | Report;
export type ControlMessage = Welcome | Snapshot | Delta | Beat | Received;
