/** An edge's standing as word and shape, the same on all pages of a project. */
import { Status } from '@/app/_ui/status';
import type { EdgeView } from '@/lib/fleet/schemas';

const STATES = {
  in_sync: ['enforced', 'In sync'],
  applying: ['applied', 'Applying'],
  stale: ['open', 'Stale'],
  refused: ['failed', 'Rejected'],
  draining: ['open', 'Draining'],
  banned: ['refused', 'Banned'],
  offline: ['offline', 'Offline'],
  enrolled: ['planned', 'Not yet connected'],
} as const satisfies Record<EdgeView['state'], readonly [string, string]>;

export function EdgeState({ edge }: { edge: Pick<EdgeView, 'state' | 'why'> }) {
  const [state, word] = STATES[edge.state];
  return <Status state={state} word={word} detail={edge.why ?? undefined} />;
}
