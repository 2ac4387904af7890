import { isTermText, type Terms } from '@/lib/kernel/act';
import { isRegion, REGION_NAMES } from '@/lib/kernel/region';

/** What an administrator confirms, in words. Pure. */
const regionText = (region: string) => (isRegion(region) ? `${region} ${REGION_NAMES[region]}` : region);

/** An address is known only of an edge that has joined before. The edge says it itself, and must not get out of being banned by what it says. */
const placeOf = (name: string, region: string, url: string): Terms => [
  ['Edge', name],
  ['Region', regionText(region)],
  ...(url === '' ? [] : [['Address', isTermText(url) ? url : 'not readable'] as const]),
];

export const enrolTerms = (name: string, region: string, url = ''): Terms => [
  ...placeOf(name, region, url),
  ['What follows', 'Whoever has the join token may join once, within ten minutes, and is given the key of the region'],
];

export const banTerms = (name: string, region: string, url: string, reason: string): Terms => [
  ...placeOf(name, region, url),
  ['What follows', 'It is cut off from control and from other edges, for good under this name'],
  ...(reason === '' ? [] : [['Reason', reason] as const]),
];
