import { SILENT_MS } from '@/lib/kernel/bundle/timing';
import { isRegion } from '@/lib/kernel/region';
import type { Enforcement } from './schemas';
import type { EdgeRow } from './store';

interface AckRow {
  edgeName: string;
  seq: bigint;
  stage: string;
  at: Date;
  cut: number;
}

/**
 * Where the change `seq` stands on every edge, computed at read time. An edge that acknowledged a later change has also
 * taken this one: changes arrive in order.
 */
export function enforcementOf(
  seq: bigint,
  edges: readonly EdgeRow[],
  acks: readonly AckRow[],
  nowMs: number,
): Enforcement {
  const states = edges
    .filter((edge) => edge.bannedAt === null && isRegion(edge.region))
    .map((edge) => {
      const own = acks.filter((ack) => ack.edgeName === edge.name && ack.seq >= seq);
      const first = (stage: string) => own.find((ack) => ack.stage === stage);
      const reached = (value: bigint | null) => value !== null && value >= seq;
      const enforced = reached(edge.enforcedSeq);
      const applied = reached(edge.appliedSeq);
      const online = edge.lastSeenAt !== null && nowMs - edge.lastSeenAt.getTime() <= SILENT_MS;
      const stage = enforced
        ? ('enforced' as const)
        : applied
          ? ('applied' as const)
          : online
            ? ('pending' as const)
            : ('offline' as const);
      const ack = enforced ? first('enforced') : first('applied');
      return {
        name: edge.name,
        region: edge.region as Enforcement['edges'][number]['region'],
        stage,
        at: ack?.at.toISOString() ?? null,
        cut: first('enforced')?.cut ?? 0,
      };
    });
  return {
    seq: Number(seq),
    edges: states,
    applied: states.filter(({ stage }) => stage === 'applied' || stage === 'enforced').length,
    enforced: states.filter(({ stage }) => stage === 'enforced').length,
    expected: states.filter(({ stage }) => stage !== 'offline').length,
  };
}
