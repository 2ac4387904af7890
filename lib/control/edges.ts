import type { EdgeRef, EdgesResource } from '@/lib/kernel/bundle/resources';
import { type EdgeRow, publish, type Queryable, readEdges, readEdgesResource } from './store';

/**
 * The `edges` resource: where media may go. Derived from the table of edges, published when it differs, with a generation that rises
 * each time. An edge that lost its connection stays in: where a channel lives must not move because control cannot be reached.
 */
export function edgesOf(rows: readonly EdgeRow[]): EdgeRef[] {
  return rows
    .filter(({ certificate, url }) => certificate !== null && url !== '')
    .map(({ name, region, url, relay, banned, draining }) => ({
      name,
      region,
      url,
      relay,
      serving: !banned && !draining,
    }));
}

/** True when a new set was published. */
export async function publishEdges(db: Queryable): Promise<boolean> {
  const [rows, current] = [await readEdges(db), await readEdgesResource(db)];
  const edges = edgesOf(rows);
  if (current ? same(current.edges, edges) : edges.length === 0) return false;
  const next: Omit<EdgesResource, 'version'> = {
    kind: 'edges',
    id: 'edges',
    generation: (current?.generation ?? 0) + 1,
    edges,
  };
  await publish(db, [next], []);
  return true;
}

/** Compares field by field: the database does not keep the order of keys. */
function same(a: readonly EdgeRef[], b: readonly EdgeRef[]): boolean {
  const text = (edges: readonly EdgeRef[]) =>
    JSON.stringify(edges.map(({ name, region, url, relay, serving }) => [name, region, url, relay, serving]));
  return text(a) === text(b);
}
