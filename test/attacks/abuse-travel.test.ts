import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeLocationDatabase } from '@/test/support/mmdb';
import { personalValues } from '../support/personal';
import { openWorld, type Person, type World } from './identity-world';

vi.mock('next/headers', async () => (await import('./identity-world')).nextHeaders);
vi.mock('next/navigation', async () => (await import('./identity-world')).nextNavigation);

/**
 * Somebody far away who has the victim's password and a code of theirs, got over the telephone a minute ago. They get in, because both factors
 * are right; what they must not do is get in unnoticed. The operator gave a location database.
 */
const HOME = '203.0.113.9';
const AUCKLAND = '198.51.100.9';
const SAO_PAULO = '192.0.2.9';
const RECIFE = '192.0.4.9';
const NEW_YORK = '198.51.101.9';
const LOS_ANGELES = '198.51.102.9';
const NOWHERE = '10.1.2.3';

const folder = mkdtempSync(join(tmpdir(), 'cordon-travel-'));
let world: World;
let victim: Person;
beforeAll(async () => {
  const place = (iso_code: string, latitude: number, longitude: number) => ({
    country: { iso_code },
    location: { latitude, longitude, accuracy_radius: 50 },
  });
  process.env.CORDON_LOCATION_DATABASE = join(folder, 'places.mmdb');
  writeFileSync(
    process.env.CORDON_LOCATION_DATABASE,
    makeLocationDatabase({
      '203.0.113.0/24': place('DE', 52.52, 13.405),
      '198.51.100.0/24': place('NZ', -36.85, 174.76),
      '198.51.101.0/24': place('US', 40.71, -74.01),
      '198.51.102.0/24': place('US', 34.05, -118.24),
      '192.0.2.0/24': { country: { iso_code: 'BR' } },
      '192.0.4.0/24': { country: { iso_code: 'BR' } },
    }),
  );
  world = await openWorld();
  victim = await world.newcomer();
});
afterAll(async () => {
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function signIn(address: string): Promise<string> {
  const half = await world.halfway(victim, address);
  return (await world.identity.giveCode(half, world.code(victim), address)).secret;
}
const events = async () => {
  const rows = await world.sql(
    `select convert_from("header", 'UTF8')::jsonb -> 'details' as details, "organisationId" from "AuditEvent"
     where "schema" = 'sign-in.unusual@1' order by "at", "organisationId" nulls first`,
  );
  return rows.map(({ details, organisationId }) => ({
    ...(details as object),
    log: organisationId ? 'organisation' : 'provider',
  }));
};
const countryOf = async (secret: string) => {
  const { sessionId } = (await world.identity.readSession(secret))!;
  return (await world.sql('select "country" from "Session" where "id" = $1', [sessionId]))[0]?.country;
};

describe('a sign-in nobody can have travelled to', () => {
  it('is let in, told to the person and written into the logs', async () => {
    const secret = await signIn(AUCKLAND);
    expect(await countryOf(secret)).toBe('NZ');
    expect(await events()).toEqual([
      { minutes: 0, km: 17_647, log: 'provider' },
      { minutes: 0, km: 17_647, log: 'organisation' },
    ]);
    const personal = await personalValues(world.sql, `e."schema" = 'sign-in.unusual@1' and e."organisationId" is null`);
    expect(personal.filter(({ name }) => ['before', 'country'].includes(name))).toMatchObject([
      { name: 'before', value: 'DE', subject: victim.userId },
      { name: 'country', value: 'NZ', subject: victim.userId },
    ]);
    const notices = await world.sql(`select "kind" from "Notice" where "userId" = $1 and "kind" = 'sign-in.unusual'`, [
      victim.userId,
    ]);
    expect(notices).toHaveLength(1);
  });

  it('is no news the second time, nor from where nobody knows', async () => {
    victim = await world.newcomer();
    await signIn(AUCKLAND);
    const before = (await events()).length;
    expect(await countryOf(await signIn(AUCKLAND))).toBe('NZ');
    expect(await countryOf(await signIn(NOWHERE))).toBe('');
    expect(await events()).toHaveLength(before);
  });

  it('is news within one country too, until the network is known', async () => {
    victim = await world.newcomer();
    await signIn(NEW_YORK);
    const before = (await events()).length;
    await signIn(LOS_ANGELES);
    expect((await events()).slice(before)).toMatchObject([{ km: 3835 }, { km: 3835 }]);
    await signIn(NEW_YORK);
    expect(await events()).toHaveLength(before + 2);
  });

  it('is known by the countries alone, when the database has no cities', async () => {
    victim = await world.newcomer();
    await signIn(SAO_PAULO);
    expect((await events()).at(-1)).toMatchObject({ minutes: 0, log: 'organisation' });
    expect((await events()).at(-1)).not.toHaveProperty('km');
    const before = (await events()).length;
    await signIn(HOME);
    await signIn(RECIFE);
    expect(await events()).toHaveLength(before);
  });

  it('is an ordinary one after the time it takes to get there', async () => {
    victim = await world.newcomer();
    const before = (await events()).length;
    await world.sql(`update "Session" set "createdAt" = now() - interval '20 hours' where "userId" = $1`, [
      victim.userId,
    ]);
    await signIn(AUCKLAND);
    expect(await events()).toHaveLength(before);
  });
});
