/** Where the edges are said to be, and how many stand how: worst first. */
import { Status } from '@/app/_ui/status';
import { WorldMap } from '@/app/_ui/world-map';
import type { EdgeDetail } from '@/lib/fleet/schemas';
import type { Region } from '@/lib/kernel/region';
import { EDGE_STATES, STATE_ORDER } from '../../_parts/edge-state';
import styles from './fleet.module.css';
import { placeOf } from './places';

export function FleetTop({ edges }: { edges: readonly EdgeDetail[] }) {
  const seen = new Map<Region, number>();
  const places = [...edges]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(({ name, region, state }) => {
      const n = seen.get(region) ?? 0;
      seen.set(region, n + 1);
      return {
        name,
        region,
        ...placeOf(region, n),
        state: EDGE_STATES[state].map,
        labelled: state !== 'in_sync' && state !== 'banned',
      };
    });
  return (
    <div className={styles.top}>
      <WorldMap rest="plain" edges={places} legend={false} low />
      <dl className={styles.sum}>
        {STATE_ORDER.map((state) => ({
          state,
          count: edges.filter((edge) => edge.state === state).length,
          ...EDGE_STATES[state],
        }))
          .filter(({ state, count }) => count > 0 || state === 'in_sync')
          .map(({ state, glyph, word, means, count }) => (
            <div key={state}>
              <dt>
                <Status state={glyph} word={word} />
              </dt>
              <dd className="small quiet">{means}</dd>
              <dd className={styles.count}>{count}</dd>
            </div>
          ))}
      </dl>
    </div>
  );
}
