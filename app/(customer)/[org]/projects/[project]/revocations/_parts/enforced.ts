import type { EdgeView } from '@/lib/fleet/schemas';

/** Edges in contact, and how many of them enforce the change: whoever enforces a later one enforces this one too. */
export function enforcedOn(
  seq: number,
  edges: readonly Pick<EdgeView, 'state' | 'enforcedSeq'>[],
): { enforced: number; of: number } {
  const connected = edges.filter(({ state }) => state !== 'offline' && state !== 'banned' && state !== 'enrolled');
  return {
    enforced: connected.filter(({ enforcedSeq }) => enforcedSeq !== null && enforcedSeq >= seq).length,
    of: connected.length,
  };
}
