import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeLocationDatabase } from '@/test/support/mmdb';

const folder = mkdtempSync(join(tmpdir(), 'cordon-location-'));
const file = join(folder, 'places.mmdb');
writeFileSync(
  file,
  makeLocationDatabase({
    '203.0.113.0/24': {
      country: { iso_code: 'DE' },
      city: { names: { en: 'Berlin' } },
      location: { latitude: 52.52, longitude: 13.405, accuracy_radius: 20 },
    },
    '198.51.100.0/24': { country: { iso_code: 'NZ' } },
    '2001:db8:7::/48': { country: { iso_code: 'BR' }, location: { latitude: -23.55, longitude: -46.63 } },
    '192.0.2.0/25': { continent: { code: 'EU' } },
    '192.0.2.128/25': { country: { iso_code: 'not a country' } },
  }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The module as a process with this setting sees it. */
async function withDatabase(path: string | undefined) {
  vi.resetModules();
  vi.stubEnv('CORDON_LOCATION_DATABASE', path);
  return import('./location');
}
beforeEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('where an address is', () => {
  it('is said as precisely as the database knows', async () => {
    const { locate, locateNetwork } = await withDatabase(file);
    expect(locate('203.0.113.77')).toEqual({ country: 'DE', city: 'Berlin', lat: 52.52, lon: 13.405, accuracyKm: 20 });
    expect(locate('198.51.100.1')).toEqual({ country: 'NZ' });
    expect(locate('2001:db8:7:1::5')).toEqual({ country: 'BR', lat: -23.55, lon: -46.63 });
    expect(locateNetwork('203.0.113.0/24')?.country).toBe('DE');
    expect(locateNetwork('2001:db8:7::/48')?.country).toBe('BR');
  });

  it('is not known for what the database does not hold, and for what is no address', async () => {
    const { locate, locateNetwork } = await withDatabase(file);
    for (const address of [
      '10.0.0.1',
      '192.0.2.1',
      '192.0.2.200',
      '2001:db8:8::1',
      'unknown',
      '',
      '999.1.1.1',
      '203.0.113',
    ])
      expect(locate(address), address).toBeNull();
    expect(locateNetwork('unknown')).toBeNull();
  });

  it('is not known without a database, nor with a file that is none', async () => {
    expect((await withDatabase(undefined)).locate('203.0.113.77')).toBeNull();
    const lines = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    writeFileSync(join(folder, 'broken.mmdb'), 'not a database');
    expect((await withDatabase(join(folder, 'broken.mmdb'))).locate('203.0.113.77')).toBeNull();
    expect((await withDatabase(join(folder, 'missing.mmdb'))).locate('203.0.113.77')).toBeNull();
    expect(lines.mock.calls.map(([line]) => JSON.parse(String(line)))).toMatchObject([
      { level: 'error', variable: 'CORDON_LOCATION_DATABASE' },
      { level: 'error', variable: 'CORDON_LOCATION_DATABASE' },
    ]);
  });
});
