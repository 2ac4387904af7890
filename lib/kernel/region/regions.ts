/** Disjoint by definition: no place lies in two of them. */
export const REGIONS = ['NA', 'EU', 'AS', 'JP', 'IN', 'CN'] as const;
export type Region = (typeof REGIONS)[number];

export const REGION_NAMES: Readonly<Record<Region, string>> = {
  NA: 'North America',
  EU: 'Europe',
  AS: 'Asia (without mainland China, Japan, India)',
  JP: 'Japan',
  IN: 'India',
  CN: 'Mainland China',
};

export function isRegion(value: unknown): value is Region {
  return typeof value === 'string' && (REGIONS as readonly string[]).includes(value);
}

/**
 * An ordered set of allowed regions; the first is the preferred home. Never empty: a fence that allows
 * nothing is a frozen project, and says so.
 */
export type Fence = readonly [Region, ...Region[]];
