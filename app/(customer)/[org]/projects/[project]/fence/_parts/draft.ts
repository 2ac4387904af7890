import type { RegionState } from '@/app/_ui/world-map';
import { isGlobal, parseFence, REGION_NAMES, REGIONS, type Region } from '@/lib/kernel/region';

/** A fence being drafted: an ordered set of regions in the address of the page. Everything here is pure. */
export function readDraft(
  text: string | undefined,
  current: readonly Region[],
): { regions: Region[]; problem: string | null } {
  if (text === undefined) return { regions: [...current], problem: null };
  const parsed = parseFence(
    text
      .split(',')
      .filter(Boolean)
      .map((code) => code.trim().toUpperCase()),
  );
  return parsed.ok ? { regions: [...parsed.fence], problem: null } : { regions: [...current], problem: parsed.detail };
}

export const draftHref = (path: string, regions: readonly Region[]): string =>
  `${path}/fence/plan?regions=${regions.join(',')}`;

/** The draft with the region turned round: a new one comes last, so the preferred home stays. */
export const toggled = (regions: readonly Region[], region: Region): Region[] =>
  regions.includes(region) ? regions.filter((each) => each !== region) : [...regions, region];

/** All regions, those already named first and in their order. */
export const everywhere = (regions: readonly Region[]): Region[] => [
  ...regions,
  ...REGIONS.filter((each) => !regions.includes(each)),
];

export const allBut = (regions: readonly Region[], region: Region): Region[] =>
  everywhere(regions).filter((each) => each !== region);

export function movedUp(regions: readonly Region[], region: Region): Region[] {
  const at = regions.indexOf(region);
  if (at < 1) return [...regions];
  const moved = [...regions];
  moved[at] = moved[at - 1]!;
  moved[at - 1] = region;
  return moved;
}

export const sameFence = (a: readonly Region[], b: readonly Region[]): boolean => a.join() === b.join();

/** How a region stands between two fences. */
export function stateOf(region: Region, before: readonly Region[], after: readonly Region[]): RegionState {
  if (before.includes(region)) return after.includes(region) ? 'allowed' : 'leaving';
  return after.includes(region) ? 'joining' : 'refused';
}

export const statesOf = (before: readonly Region[], after: readonly Region[]): Record<Region, RegionState> =>
  Object.fromEntries(REGIONS.map((region) => [region, stateOf(region, before, after)])) as Record<Region, RegionState>;

/** "Asia" for "Asia (without …)": for where the code stands beside it. */
export const shortName = (region: Region) => REGION_NAMES[region].replace(/ \(.*\)$/, '');
const listed = (words: readonly string[]) =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** "Narrow the fence to Europe": what the plan is, as its title. */
export function planTitle(before: readonly Region[], after: readonly Region[]): string {
  if (sameFence(before, after)) return 'Plan a fence';
  const added = after.filter((region) => !before.includes(region));
  const removed = before.filter((region) => !after.includes(region));
  if (added.length === 0 && removed.length === 0) {
    return before[0] === after[0] ? 'Reorder the fence' : `Move the preferred home to ${shortName(after[0]!)}`;
  }
  if (isGlobal(after)) return 'Open the fence to all regions';
  if (added.length === 0)
    return after.length <= 2
      ? `Narrow the fence to ${listed(after.map(shortName))}`
      : `Take ${listed(removed.map(shortName))} out of the fence`;
  if (removed.length === 0) return `Add ${listed(added.map(shortName))} to the fence`;
  return `Move the fence to ${listed(after.map((region) => (after.length > 2 ? region : shortName(region))))}`;
}

/** GLOBAL for all six, else the codes in their order. */
export const fenceText = (regions: readonly Region[]): string =>
  isGlobal(regions) ? `GLOBAL, home ${regions[0]}` : regions.join(', ');
