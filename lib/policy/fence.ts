import { isRegion, type Region } from '@/lib/kernel/region';
import type { FencePlan } from './schemas';
import type { EdgeRow } from './store';

interface Count {
  edgeName: string;
  channel?: string;
  _count: { _all: number };
}

/** What changing a fence from `before` to `after` would do to what is live now. Pure: counts come in. */
export function planFence(
  before: Region[],
  after: Region[],
  edges: readonly EdgeRow[],
  live: readonly Count[],
  joinsLastDay: readonly Count[],
): FencePlan {
  const removed = before.filter((region) => !after.includes(region));
  const regionOf = new Map(edges.map((edge) => [edge.name, edge.region]));
  const leaves = (edgeName: string) => {
    const region = regionOf.get(edgeName);
    return region !== undefined && isRegion(region) && removed.includes(region);
  };
  const sum = (counts: readonly Count[]) => counts.reduce((total, { _count }) => total + _count._all, 0);

  return {
    before,
    after,
    added: after.filter((region) => !before.includes(region)),
    removed,
    edges: edges
      .filter((edge) => edge.bannedAt === null && isRegion(edge.region))
      .map((edge) => {
        const region = edge.region as Region;
        const own = sum(live.filter(({ edgeName }) => edgeName === edge.name));
        const [was, is] = [before.includes(region), after.includes(region)];
        const effect = was
          ? is
            ? ('allows' as const)
            : ('stops_allowing' as const)
          : is
            ? ('starts_allowing' as const)
            : ('refuses' as const);
        return { name: edge.name, region, live: own, cut: effect === 'stops_allowing' ? own : 0, effect };
      }),
    sessionsCut: sum(live.filter(({ edgeName }) => leaves(edgeName))),
    channelsTouched: [
      ...new Set(live.filter(({ edgeName }) => leaves(edgeName)).map(({ channel }) => channel ?? '')),
    ].sort(),
    joinsRefusedLastDay: sum(joinsLastDay.filter(({ edgeName }) => leaves(edgeName))),
  };
}
