import type { StepItem } from '@/app/_ui/steps';
import type { Region } from '@/lib/kernel/region';
import type { Enforcement } from '@/lib/policy/schemas';

/** How far a change is, from the numbers of one moment. Pure. */
export type ChangeEdge = Enforcement['edges'][number];

export interface ChangeAddress {
  /** Unix ms at which the change was asked for: the zero of the times shown. */
  since: number;
  /** For a fence: the regions before and their version, so that the page can offer them back. */
  was?: readonly Region[];
  version?: number;
}

export function changeHref(path: string, seq: number, { since, was, version }: ChangeAddress): string {
  const query = new URLSearchParams({ since: String(since) });
  if (was) query.set('was', was.join(','));
  if (version !== undefined) query.set('version', String(version));
  return `${path}/changes/${seq}?${query}`;
}

/** Edges without contact are not waited for: they refuse by their last policy and take this one when they return. */
const settled = ({ stage }: ChangeEdge) => stage === 'enforced' || stage === 'offline';
export const closed = ({ edges }: Enforcement): boolean =>
  edges.some(({ stage }) => stage === 'enforced') && edges.every(settled);

const RANK: Readonly<Record<ChangeEdge['stage'], number>> = {
  refused: 0,
  pending: 1,
  applied: 2,
  enforced: 3,
  offline: 4,
};

/** What is waited for first, then by the time it took, the slowest first; edges without contact last. */
export const slowestFirst = (edges: readonly ChangeEdge[]): ChangeEdge[] =>
  [...edges].sort(
    (a, b) => RANK[a.stage] - RANK[b.stage] || (b.at ?? '').localeCompare(a.at ?? '') || a.name.localeCompare(b.name),
  );

/** Milliseconds from the ask to the slowest answer so far; null while nobody has answered, or when the ask is not known. */
export function slowestMs({ edges }: Enforcement, since: number | null): number | null {
  const times = edges.flatMap(({ stage, at }) => (stage === 'enforced' && at ? [Date.parse(at)] : []));
  if (since === null || times.length === 0) return null;
  const elapsed = Math.max(...times) - since;
  // An ask from another clock, or from an address somebody edited, gives no time rather than a wrong one.
  return elapsed >= 0 && elapsed < 3_600_000 ? elapsed : null;
}

export const seconds = (ms: number): string => (ms / 1000).toFixed(2);

export function steps(now: Enforcement): StepItem[] {
  const { applied, enforced, edges, expected } = now;
  const offline = edges.length - expected;
  const done = closed(now);
  const allApplied = expected > 0 && edges.every(({ stage }) => stage !== 'pending' && stage !== 'refused');
  return [
    { title: 'Confirmed', note: 'by second factor or key', state: 'done' },
    { title: 'Signed', note: `change ${now.seq}`, state: 'done' },
    { title: 'Applied', note: `${applied} of ${edges.length} edges`, state: allApplied ? 'done' : 'now' },
    {
      title: 'Enforced',
      note: `${enforced} of ${edges.length} edges`,
      state: done ? 'done' : allApplied ? 'now' : 'todo',
    },
    {
      title: 'Closed',
      note: done ? (offline > 0 ? `${offline} without contact` : 'evidence kept') : 'when every edge enforces',
      state: done ? 'done' : 'todo',
    },
  ];
}
