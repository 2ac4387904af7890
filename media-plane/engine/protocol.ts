/**
 * What supervisor and child say to each other over the process channel (structured clone). Every request is answered exactly
 * once, in any order; events come in between.
 */
import type { EngineLimits } from './limits';
import type { EngineEvent, EngineOptions, OpenPeer, OpenResult, PeerStats } from './port';

export interface EngineLoad {
  peers: number;
  pending: number;
  /** Resident memory of the child in bytes. */
  residentBytes: number;
  /** CPU of the child since its start, user and system, in microseconds. */
  cpuMicroseconds: number;
  /** 99th percentile and maximum of the event loop's delay since the last question, in milliseconds. */
  loopDelayP99Ms: number;
  loopDelayMaxMs: number;
  packetsIn: number;
  packetsOut: number;
  /** Age of the oldest packet kept for retransmission. */
  oldestPacketMs: number;
}

export interface Operations {
  open: { input: OpenPeer; output: OpenResult };
  permissions: { input: { peerId: string; permissions: number; expiresAt: OpenPeer['expiresAt'] }; output: null };
  close: { input: { peerId: string }; output: { lastPacketAt: number | null } };
  stats: { input: null; output: PeerStats[] };
  load: { input: null; output: EngineLoad };
}
export type Operation = keyof Operations;

export interface Start {
  type: 'start';
  options: Pick<EngineOptions, 'bindAddress' | 'udpPort' | 'publicAddress'>;
  limits: EngineLimits;
}
export type Request = {
  [K in Operation]: { type: 'request'; id: number; operation: K; input: Operations[K]['input'] };
}[Operation];
export type ToChild = Start | Request | { type: 'stop' };

export type FromChild =
  | { type: 'ready' }
  | { type: 'reply'; id: number; output: Operations[Operation]['output'] }
  | { type: 'event'; event: Exclude<EngineEvent, { type: 'down' | 'up' }> };
