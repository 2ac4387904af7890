/**
 * The engine as the rest of the edge sees it: a supervised child process that terminates ICE, DTLS and SRTP and forwards
 * packets. It knows peers, rooms and permission bits; it knows nothing of tokens, projects or policy. A room key always
 * names project and channel (`appId:channel`), so forwarding across them cannot be expressed.
 */
export type Kind = 'audio' | 'video' | 'data';

export interface OpenPeer {
  peerId: string;
  /** `appId:channel`. */
  room: string;
  account: string;
  direction: 'publish' | 'subscribe' | 'both';
  /** WHEP: whose media to play; null follows the first publisher heard and moves on when it leaves. */
  publisher: string | null;
  /** The client's SDP offer, hostile. */
  offer: string;
  /** PERMISSION bits (lib/kernel/decision): what this peer may send. */
  permissions: number;
  /** Unix milliseconds at which each permission ends, enforced on the forwarding path. */
  expiresAt: { join: number; audio: number; video: number; data: number };
}

export type OpenResult =
  | { ok: true; answer: string }
  | { ok: false; code: 'sdp.invalid' | 'privilege.publish_missing' | 'engine.unavailable'; detail: string };

export interface PeerStats {
  peerId: string;
  packetsIn: number;
  packetsOut: number;
  bytesIn: number;
  bytesOut: number;
  lastPacketInAt: number;
}

export type EngineEvent =
  | { type: 'connected'; peerId: string }
  /** The peer is gone: `timeout` = never connected or fell silent; `expired` = its join permission ended. `lastPacketAt`
   *  is that of `close()`. */
  | {
      type: 'closed';
      peerId: string;
      reason: 'timeout' | 'failed' | 'expired' | 'requested';
      lastPacketAt?: number | null;
    }
  /** A publisher sends this kind now, or stopped; used to show who is there. */
  | { type: 'media'; peerId: string; kind: Kind; active: boolean }
  | { type: 'expired'; peerId: string; kind: Kind }
  /** The child died; every peer is gone. It is restarted by the supervisor. */
  | { type: 'down' }
  | { type: 'up'; pid: number };

export interface Engine {
  open(peer: OpenPeer): Promise<OpenResult>;
  /** Replaces the bits of a live peer. Resolves when the forwarding path obeys. */
  setPermissions(peerId: string, permissions: number, expiresAt: OpenPeer['expiresAt']): Promise<void>;
  /** Resolves when no further packet of this peer is forwarded, with the time of the last one (Unix milliseconds or null). */
  close(peerId: string): Promise<{ lastPacketAt: number | null }>;
  stats(): Promise<PeerStats[]>;
  on(listener: (event: EngineEvent) => void): () => void;
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** Address the UDP port is bound to; must be explicit for a single port to work. */
  bindAddress: string;
  /** One UDP port for all peers of this edge. */
  udpPort: number;
  /** Address written into candidates, for hosts behind NAT. Defaults to `bindAddress`. */
  publicAddress?: string;
}
