import { encodeFrame } from '@/lib/kernel/bundle/frames';
import type { Signature } from '@/lib/kernel/bundle/messages';
import type { Region } from '@/lib/kernel/region';

/** A signed step of a region's chain as stored, and as the bytes every edge of the region is sent (built once). */
export interface StoredFrame {
  region: Region;
  epoch: number;
  seq: number;
  type: 'Snapshot' | 'Delta' | 'Beat';
  /** Null for snapshots and beats. */
  baseSeq: number | null;
  /** Chain hash after this step. */
  hash: string;
  payload: Buffer;
  signatures: Signature[];
}

export function toBytes({ type, signatures, payload }: StoredFrame): Uint8Array {
  if (type === 'Delta') return encodeFrame({ type, signatures, lane: 'fast', mode: 'enforce' }, payload);
  return encodeFrame({ type, signatures }, payload);
}
