import { LEASE_MS, SILENT_MS } from '@/lib/kernel/bundle/timing';
import type { EdgeView } from './schemas';

export interface EdgeFacts {
  bannedAt: Date | null;
  drainingAt: Date | null;
  lastSeenAt: Date | null;
  appliedSeq: bigint | null;
  enforcedSeq: bigint | null;
  refusal: unknown;
}

/** The state of an edge at the moment of reading; never the last word it said. */
export function edgeState(edge: EdgeFacts, headSeq: bigint, nowMs: number): Pick<EdgeView, 'state' | 'why'> {
  if (edge.bannedAt) return { state: 'banned', why: 'Banned by the provider; it cannot connect.' };
  if (!edge.lastSeenAt) return { state: 'enrolled', why: 'Never connected yet.' };
  const silentMs = nowMs - edge.lastSeenAt.getTime();
  if (silentMs > LEASE_MS) return { state: 'offline', why: 'No contact. It keeps enforcing the last policy it holds.' };
  if (silentMs > SILENT_MS)
    return {
      state: 'stale',
      why: 'Its lease has not been renewed lately. It keeps enforcing the last policy it holds.',
    };
  if (edge.refusal) return { state: 'refused', why: refusalText(edge.refusal) };
  if (edge.drainingAt) return { state: 'draining', why: 'Joins are homed on other edges; its own sessions go on.' };
  return edge.enforcedSeq !== null && edge.enforcedSeq >= headSeq
    ? { state: 'in_sync', why: null }
    : { state: 'applying', why: null };
}

function refusalText(refusal: unknown): string {
  const { code, detail } = refusal as { code?: unknown; detail?: unknown };
  return `Refused the newest policy (${String(code)}): ${String(detail)}. It keeps enforcing the one before.`;
}
