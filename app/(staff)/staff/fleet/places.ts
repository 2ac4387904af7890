import type { Region } from '@/lib/kernel/region';

/** A spot inside each region, [longitude, latitude]. An edge declares its region and nothing finer, so this is where it is drawn. */
const CENTRES: Readonly<Record<Region, readonly [number, number]>> = {
  NA: [-96, 40],
  EU: [10, 50],
  AS: [102, 14],
  JP: [138.5, 36.2],
  IN: [78, 21],
  CN: [108, 33],
};
/** How far edges of one region are spread, in degrees. */
const SPREAD: Readonly<Record<Region, number>> = { NA: 18, EU: 14, AS: 9, JP: 3, IN: 8, CN: 12 };
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/** Position of the n-th edge of a region: a sunflower around its centre, so that none covers another. */
export function placeOf(region: Region, n: number): { lon: number; lat: number } {
  const [lon, lat] = CENTRES[region];
  const distance = SPREAD[region] * Math.sqrt(n / 5);
  return { lon: lon + distance * Math.cos(n * GOLDEN_ANGLE), lat: lat + (distance / 1.6) * Math.sin(n * GOLDEN_ANGLE) };
}
