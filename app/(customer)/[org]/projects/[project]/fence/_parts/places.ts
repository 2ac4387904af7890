import type { MapEdge } from '@/app/_ui/world-map';
import type { EdgeView } from '@/lib/fleet/schemas';
import type { Region } from '@/lib/kernel/region';

/**
 * Where the map draws an edge. Installations declare an edge's region and no address, so the places are stand-ins within
 * the region: the first edge at its first place, and so on. Pages that use them carry the Simulated tag.
 */
const PLACES: Readonly<Record<Region, readonly (readonly [longitude: number, latitude: number])[]>> = {
  NA: [
    [-78, 39],
    [-120, 44],
    [-97, 32],
    [-80, 44],
  ],
  EU: [
    [8.7, 50.1],
    [-6.3, 53.3],
    [21, 52.2],
    [-3.7, 40.4],
  ],
  AS: [
    [103.8, 1.4],
    [127, 37.5],
    [106.8, -6.2],
    [55.3, 25.2],
  ],
  JP: [
    [139.7, 35.7],
    [135.5, 34.7],
  ],
  IN: [
    [72.9, 19.1],
    [80.3, 13.1],
    [77.2, 28.6],
  ],
  CN: [
    [120.2, 30.3],
    [116.4, 39.9],
    [113.3, 23.1],
  ],
};

/** Place of the n-th edge of a region, counted from 0; later ones sit a little beside the first. */
export function placeOf(region: Region, n: number): { lon: number; lat: number } {
  const places = PLACES[region];
  const [lon, lat] = places[n % places.length]!;
  const round = Math.floor(n / places.length);
  return { lon: lon + round * 1.8, lat: lat - round * 1.2 };
}

const STATES: Readonly<Record<EdgeView['state'], MapEdge['state']>> = {
  in_sync: 'enforced',
  applying: 'applied',
  stale: 'open',
  draining: 'open',
  refused: 'failed',
  banned: 'failed',
  offline: 'offline',
  enrolled: 'offline',
};

/** Edges as marks on the map, labelled only where they need attention. */
export function mapEdges(edges: readonly Pick<EdgeView, 'name' | 'region' | 'state'>[]): MapEdge[] {
  const seen = new Map<Region, number>();
  return edges.map(({ name, region, state }) => {
    const n = seen.get(region) ?? 0;
    seen.set(region, n + 1);
    return { name, region, ...placeOf(region, n), state: STATES[state], labelled: STATES[state] !== 'enforced' };
  });
}
