import type { GlyphState } from '@/app/_ui/glyph';
import type { MapEdge } from '@/app/_ui/world-map';
import type { EdgeView, FleetState } from '@/lib/fleet/schemas';

type State = EdgeView['state'];

/** How the state of an edge is called, drawn and explained; worst first, which is also the order of the table. */
export const EDGE_STATES: Readonly<
  Record<State, { word: string; glyph: GlyphState; map: MapEdge['state']; means: string }>
> = {
  refused: { word: 'Rejected', glyph: 'failed', map: 'failed', means: 'keeps its last good policy' },
  offline: { word: 'Offline', glyph: 'offline', map: 'offline', means: 'no contact, keeps enforcing' },
  stale: { word: 'Stale', glyph: 'open', map: 'open', means: 'missed three beats' },
  applying: { word: 'Applying', glyph: 'applied', map: 'applied', means: 'newest policy on its way' },
  draining: { word: 'Draining', glyph: 'open', map: 'open', means: 'joins go to other edges' },
  enrolled: { word: 'Expected', glyph: 'planned', map: 'offline', means: 'never connected yet' },
  in_sync: { word: 'In sync', glyph: 'enforced', map: 'enforced', means: 'enforces the newest policy' },
  banned: { word: 'Banned', glyph: 'refused', map: 'offline', means: 'cannot connect' },
};

export const STATE_ORDER = Object.keys(EDGE_STATES) as State[];

/** Those that are meant to serve and do not. */
const TROUBLE: readonly State[] = ['refused', 'offline', 'stale'];

/** The fleet in one line. An edge that is expected, drained or banned is not missing. */
export function fleetLine({ version, counts }: FleetState): { state: GlyphState; line: string; sub: string } {
  const count = (states: readonly State[]) => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const serving = count(['refused', 'offline', 'stale', 'applying', 'in_sync']);
  const inSync = count(['in_sync']);
  const rest = STATE_ORDER.filter((state) => state !== 'in_sync' && state !== 'banned' && (counts[state] ?? 0) > 0)
    .map((state) => `${counts[state]} ${EDGE_STATES[state].word.toLowerCase()}`)
    .join(', ');
  return {
    state: count(TROUBLE) > 0 ? 'open' : inSync < serving ? 'applied' : serving > 0 ? 'enforced' : 'planned',
    line: serving === 0 ? 'No edge serves yet' : `${inSync} of ${serving} edges in sync`,
    sub: rest || `policy ${version.epoch}.${version.seq}`,
  };
}
