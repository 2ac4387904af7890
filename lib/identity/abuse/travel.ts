import { TRAVEL } from './limits';
import type { Location } from './location';

/** One sign-in: when (Unix milliseconds) and where. */
export interface Stay {
  readonly at: number;
  readonly where: Location;
}

export interface Journey {
  readonly minutes: number;
  /** As the crow flies, less what both places may be off by; null when only the countries are known. */
  readonly km: number | null;
}

/**
 * What one person would have had to travel between two sign-ins if nobody can in that time, or null. A hint and no more: relays and
 * mobile networks look like journeys, so it is told and never blocks.
 */
export function impossibleJourney(before: Stay, after: Stay): Journey | null {
  const minutes = Math.max(0, Math.round((after.at - before.at) / 60_000));
  const km = distanceKm(before.where, after.where);
  if (km === null) {
    const abroad = before.where.country !== after.where.country;
    return abroad && minutes < TRAVEL.countriesMinutes ? { minutes, km: null } : null;
  }
  const tooFast = km > TRAVEL.leastKm && km > (TRAVEL.kmPerHour * minutes) / 60;
  return tooFast ? { minutes, km: Math.round(km) } : null;
}

const EARTH_KM = 6371;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Great-circle distance (haversine), or null when either place has no coordinates. */
function distanceKm(a: Location, b: Location): number | null {
  if (a.lat === undefined || a.lon === undefined || b.lat === undefined || b.lon === undefined) return null;
  const [latA, latB] = [radians(a.lat), radians(b.lat)];
  const half =
    Math.sin((latB - latA) / 2) ** 2 + Math.cos(latA) * Math.cos(latB) * Math.sin(radians(b.lon - a.lon) / 2) ** 2;
  const km = 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(half)));
  return Math.max(0, km - (a.accuracyKm ?? 0) - (b.accuracyKm ?? 0));
}
