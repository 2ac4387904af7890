import 'server-only';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type CityResponse, Reader } from 'mmdb-lib';
import { z } from 'zod';
import { createLog, defineConfig } from '@/lib/platform';

/**
 * Where an address probably is, by the database the operator gives (`CORDON_LOCATION_DATABASE`, an .mmdb file of countries or cities; read once,
 * at first use). Cordon ships none. Without one, or with one that cannot be read, nothing is known and nothing is shown.
 */
export interface Location {
  /** ISO 3166, two letters. */
  readonly country: string;
  readonly city?: string;
  /** Degrees. */
  readonly lat?: number;
  readonly lon?: number;
  /** Kilometres the place may be off by. */
  readonly accuracyKm?: number;
}

const config = defineConfig(z.object({ CORDON_LOCATION_DATABASE: z.string().min(1).optional() }));
let reader: Reader<CityResponse> | null | undefined;

function open(): Reader<CityResponse> | null {
  const path = config().CORDON_LOCATION_DATABASE;
  if (!path) return null;
  try {
    return new Reader<CityResponse>(readFileSync(path));
  } catch (error) {
    createLog('console').error('cannot read the location database', { variable: 'CORDON_LOCATION_DATABASE', error });
    return null;
  }
}

/** Null for what is no address, private networks, and places the database does not know. Never throws. */
export function locate(address: string): Location | null {
  if (reader === undefined) reader = open();
  if (!reader || isIP(address) === 0) return null;
  try {
    const found = reader.get(address);
    const country = found?.country?.iso_code;
    if (!found || !country || !/^[A-Z]{2}$/.test(country)) return null;
    const { latitude, longitude, accuracy_radius } = found.location ?? {};
    const city = found.city?.names.en;
    return {
      country,
      ...(city ? { city } : {}),
      ...(latitude === undefined || longitude === undefined ? {} : { lat: latitude, lon: longitude }),
      ...(accuracy_radius === undefined ? {} : { accuracyKm: accuracy_radius }),
    };
  } catch {
    return null;
  }
}

/** Where a network is (`203.0.113.0/24`), which is all that is kept of older addresses. */
export const locateNetwork = (prefix: string): Location | null => locate(prefix.split('/', 1)[0]!);
