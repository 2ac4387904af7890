import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/platform';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import {
  addApiKey,
  addMember,
  addOrganisation,
  addPerson,
  addProject,
  addSession,
  type PersonRow,
  query,
  sha256,
} from '@/test/support/world';
import { asApiKey, asMember, asPerson, asStaff, closeDatabase, door, withoutTenant } from '.';

let cluster: TestCluster;
let db: TestDatabase;
let owner: PersonRow;
let organisation: string;
let session: { id: string; secret: string };

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  process.env.DATABASE_URL = db.url.console;
});
afterAll(async () => {
  await closeDatabase();
  await cluster?.stop();
});
beforeEach(async () => {
  owner = await addPerson(db, 'customer');
  organisation = await addOrganisation(db, owner);
  session = await addSession(db, owner);
});

const sql = (text: string, values: unknown[] = []) => query(db.url.installer, text, values);

const SETTINGS = {
  passwordMinCharacters: 12,
  passwordMaxAgeDays: null as number | null,
  sessionIdleMinutes: 60,
  sessionHours: 8,
  factor: 'any',
  networks: [] as string[],
  networksForSessions: true,
  networksForKeys: false,
};
/** As an owner would set it, but past every rule. `null` is the provider's. */
async function set(organisationId: string | null, change: Partial<typeof SETTINGS>): Promise<void> {
  const id = organisationId ?? 'provider';
  const row: Record<string, unknown> = { id, organisationId, ...SETTINGS, ...change };
  const names = Object.keys(row);
  await sql('delete from "AccessPolicy" where "id" = $1', [id]);
  await sql(
    `insert into "AccessPolicy" (${names.map((name) => `"${name}"`).join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(row),
  );
}

const enter = (secret = session.secret, into = organisation) =>
  asMember(secret, into, async (_, who) => who.role).catch((error: { code: string }) => error.code);
const seen = (id: string, ago: string) =>
  sql(`update "Session" set "lastSeenAt" = now() - $2::interval where "id" = $1`, [id, ago]);

async function withPasskey(person: PersonRow, deviceBound: boolean): Promise<{ id: string; secret: string }> {
  const id = newId('psk');
  await sql(
    `insert into "Passkey" ("id", "userId", "realm", "credentialId", "publicKey", "name", "deviceBound", "aaguid", "state")
     select $1, u."id", u."realm", $1, 'key', 'key', $3, '', 'active' from "User" u where u."id" = $2`,
    [id, person.id, deviceBound],
  );
  const made = await addSession(db, person);
  await sql(`update "Session" set "raisedBy" = 'passkey', "passkeyId" = $2 where "id" = $1`, [made.id, id]);
  return made;
}

describe('without a row', () => {
  it('the defaults hold, for members, keys and staff', async () => {
    const project = await addProject(db, organisation);
    const { key } = await addApiKey(db, organisation, project.id, ['project:read']);
    const staff = await withPasskey(await addPerson(db, 'staff', 'support'), false);
    const of = (row: door.AccessPolicyRow) => row;
    const member = await asMember(session.secret, organisation, async (tx) => of(await door.accessPolicy(tx)));
    expect(member).toMatchObject({ ...SETTINGS, id: organisation, organisationId: organisation, version: 0 });
    expect(await asApiKey(key, async (tx) => of(await door.accessPolicy(tx)))).toEqual(member);
    expect(await asStaff(staff.secret, async (tx) => of(await door.accessPolicy(tx)))).toMatchObject({
      id: 'provider',
      organisationId: null,
      sessionIdleMinutes: 15,
      sessionHours: 8,
      factor: 'passkey',
    });
    await expect(asPerson(session.secret, (tx) => door.accessPolicy(tx))).rejects.toMatchObject({
      code: 'context.required',
    });
  });
});

describe('a session', () => {
  it('gets in until the organisation’s idle limit, and never again after a longer pause', async () => {
    await set(organisation, { sessionIdleMinutes: 20 });
    await seen(session.id, '19 minutes');
    expect(await enter()).toBe('owner');
    await seen(session.id, '21 minutes');
    expect(await enter()).toBe('policy.session_idle');
    // The next look at the session notes that it is there again; the pause is remembered.
    expect(await withoutTenant((tx) => door.session(tx, session.secret))).toBeDefined();
    expect(await enter()).toBe('policy.session_idle');
    await set(organisation, { sessionIdleMinutes: 30 });
    expect(await enter()).toBe('owner');
  });

  it('ends for the organisation after its hours, whatever its own end', async () => {
    await set(organisation, { sessionHours: 2 });
    await sql(
      `update "Session" set "createdAt" = now() - interval '119 minutes', "expiresAt" = now() + interval '20 hours' where "id" = $1`,
      [session.id],
    );
    expect(await enter()).toBe('owner');
    await sql(`update "Session" set "createdAt" = now() - interval '121 minutes' where "id" = $1`, [session.id]);
    expect(await enter()).toBe('policy.session_expired');
  });

  it('needs the factor the organisation asks for', async () => {
    const synced = await withPasskey(owner, false);
    const bound = await withPasskey(owner, true);
    await set(organisation, { factor: 'passkey' });
    expect([await enter(), await enter(synced.secret), await enter(bound.secret)]).toEqual([
      'policy.passkey_required',
      'owner',
      'owner',
    ]);
    await set(organisation, { factor: 'device-bound' });
    expect([await enter(), await enter(synced.secret), await enter(bound.secret)]).toEqual([
      'policy.passkey_required',
      'policy.factor_required',
      'owner',
    ]);
    // A passkey that is gone, or another person's, is no device-bound passkey of this session.
    const stranger = await withPasskey(await addPerson(db, 'customer'), true);
    await sql(
      `update "Session" set "passkeyId" = (select "passkeyId" from "Session" where "id" = $2) where "id" = $1`,
      [synced.id, stranger.id],
    );
    expect(await enter(synced.secret)).toBe('policy.factor_required');
    await sql(`delete from "Passkey" where "userId" = $1`, [owner.id]);
    expect(await enter(bound.secret)).toBe('policy.factor_required');
  });

  it('needs a password that is young enough, counted from its last change', async () => {
    await set(organisation, { passwordMaxAgeDays: 30 });
    expect(await enter()).toBe('owner');
    await sql(`update "User" set "passwordChangedAt" = now() - interval '31 days' where "id" = $1`, [owner.id]);
    expect(await enter()).toBe('policy.password_expired');
    await sql(`update "User" set "name" = 'Another' where "id" = $1`, [owner.id]);
    expect(await enter()).toBe('policy.password_expired');
    await sql(`update "User" set "passwordHash" = 'another' where "id" = $1`, [owner.id]);
    expect(await enter()).toBe('owner');
  });

  it('is held to each organisation’s own policy, and says nothing of one it does not belong to', async () => {
    const lax = await addOrganisation(db, owner);
    const foreign = await addOrganisation(db, await addPerson(db, 'customer'));
    for (const each of [organisation, foreign]) await set(each, { factor: 'passkey' });
    expect([await enter(), await enter(session.secret, lax), await enter(session.secret, foreign)]).toEqual([
      'policy.passkey_required',
      'owner',
      'organisation.not_found',
    ]);
    const why = (into: string | null) =>
      withoutTenant((tx) => door.turnedAway(tx, session.secret, into)).catch((error: { code: string }) => error.code);
    expect(await why(organisation)).toEqual({
      refusal: 'policy.passkey_required',
      password_max_age_days: null,
      session_idle_minutes: 60,
      session_hours: 8,
      factor: 'passkey',
    });
    expect(await why(lax)).toMatchObject({ refusal: null });
    expect(await why(foreign)).toBe('organisation.not_found');
    expect(await why(null)).toBe('organisation.not_found');
  });

  it('of staff is held to the provider’s policy', async () => {
    const person = await addPerson(db, 'staff', 'support');
    const [synced, bound] = [await withPasskey(person, false), await withPasskey(person, true)];
    const enterStaff = (secret: string) =>
      asStaff(secret, async (_, who) => who.role).catch((error: { code: string }) => error.code);
    await set(null, { factor: 'device-bound', sessionIdleMinutes: 5, sessionHours: 12 });
    expect([await enterStaff(synced.secret), await enterStaff(bound.secret)]).toEqual([
      'policy.factor_required',
      'support',
    ]);
    await seen(bound.id, '6 minutes');
    expect(await enterStaff(bound.secret)).toBe('policy.session_idle');
    expect(await withoutTenant((tx) => door.turnedAway(tx, bound.secret, null))).toMatchObject({
      refusal: 'policy.session_idle',
    });
    await sql(`delete from "AccessPolicy" where "id" = 'provider'`);
  });

  it('begins as long as the most generous organisation allows, eight hours without one', async () => {
    const hours = async (person: PersonRow) => {
      const id = newId('ses');
      await withoutTenant((tx) =>
        door.startSession(tx, {
          userId: person.id,
          session: { id, secretHash: sha256(id) },
          addressPrefix: '',
          userAgent: '',
          ttlSeconds: 30 * 3600,
        }),
      );
      const [row] = await sql(
        `select round(extract(epoch from "expiresAt" - "createdAt") / 3600)::int as hours from "Session" where "id" = $1`,
        [id],
      );
      return row!.hours;
    };
    const other = await addOrganisation(db, owner);
    await set(organisation, { sessionHours: 2 });
    await set(other, { sessionHours: 24 });
    expect(await hours(owner)).toBe(24);
    expect(await hours(await addPerson(db, 'customer'))).toBe(8);
    const staff = await addPerson(db, 'staff', 'support');
    expect(await hours(staff)).toBe(8);
    await set(null, { factor: 'passkey', sessionIdleMinutes: 15, sessionHours: 12 });
    expect(await hours(staff)).toBe(12);
    await sql(`delete from "AccessPolicy" where "id" = 'provider'`);
  });
});

describe('the length of a new password', () => {
  it('is that of the strictest organisation, of the inviting one, or of the provider', async () => {
    const minimum = (secret: string) => withoutTenant((tx) => door.passwordMinimum(tx, secret));
    const ofLink = (link: string) => withoutTenant((tx) => door.passwordMinimumOfLink(tx, link));
    await addMember(
      db,
      await addOrganisation(db, await addPerson(db, 'customer')),
      { id: owner.id, email: '' },
      'developer',
    );
    expect(await minimum(session.secret)).toBe(12);
    await set(organisation, { passwordMinCharacters: 20 });
    expect(await minimum(session.secret)).toBe(20);
    await sql(
      `insert into "Invitation" ("id", "realm", "organisationId", "email", "memberRole", "secretHash", "expiresAt")
       values ($1, 'customer', $2, 'a@example.com', 'developer', $3, now() + interval '1 day')`,
      [newId('inv'), organisation, sha256('a link')],
    );
    expect(await ofLink('a link')).toBe(20);
    expect(await ofLink('no link')).toBe(12);
    await set(null, { factor: 'passkey', sessionIdleMinutes: 15, passwordMinCharacters: 30 });
    expect(await ofLink('no link')).toBe(30);
    expect(await minimum((await addSession(db, await addPerson(db, 'staff', 'support'))).secret)).toBe(30);
    await sql(`delete from "AccessPolicy" where "id" = 'provider'`);
  });
});

describe('the row', () => {
  const create = (organisationId: string | null) => ({
    ...SETTINGS,
    id: organisationId ?? 'provider',
    organisationId,
  });

  it('counts its versions and notes per setting when and by whom, which the writer cannot', async () => {
    const read = () => asMember(session.secret, organisation, (tx) => door.accessPolicy(tx));
    await asMember(session.secret, organisation, (tx) =>
      tx.prisma.accessPolicy.createMany({
        data: [{ ...create(organisation), passwordMinCharacters: 16, version: 9, changes: { factor: { by: 'me' } } }],
      }),
    );
    const first = await read();
    expect(first).toMatchObject({ version: 1, changes: { passwordMinCharacters: { by: owner.id } } });
    expect(Object.keys(first.changes)).toEqual(['passwordMinCharacters']);
    expect(Math.abs(Date.now() - Date.parse(first.changes.passwordMinCharacters!.at))).toBeLessThan(60_000);
    const other = await addPerson(db, 'customer');
    await addMember(db, organisation, other, 'administrator');
    const { secret } = await addSession(db, other);
    await asMember(secret, organisation, (tx) =>
      tx.prisma.accessPolicy.updateMany({ where: { version: 1 }, data: { sessionHours: 4 } }),
    );
    expect(await read()).toMatchObject({
      version: 2,
      changes: { passwordMinCharacters: first.changes.passwordMinCharacters, sessionHours: { by: other.id } },
    });
    for (const data of [{ version: 9 }, { changes: {} }])
      await expect(
        asMember(session.secret, organisation, (tx) => tx.prisma.accessPolicy.updateMany({ data })),
      ).rejects.toThrow(/permission denied|denied access/i);
  });

  it('refuses what no policy may say', async () => {
    for (const change of [
      { passwordMinCharacters: 11 },
      { passwordMinCharacters: 65 },
      { passwordMaxAgeDays: 29 },
      { sessionIdleMinutes: 4 },
      { sessionIdleMinutes: 61 },
      { sessionHours: 0 },
      { sessionHours: 25 },
      { factor: 'none' },
      { networks: ['not a network'] },
      { networks: ['192.0.2.1/24'] },
      { networks: Array.from({ length: 65 }, (_, n) => `10.0.${n}.0/24`) },
    ])
      await expect(set(organisation, change), JSON.stringify(change)).rejects.toThrow();
    for (const change of [
      { sessionIdleMinutes: 16, factor: 'passkey' },
      { sessionIdleMinutes: 15, sessionHours: 13, factor: 'passkey' },
      { sessionIdleMinutes: 15, factor: 'any' },
      { sessionIdleMinutes: 15, factor: 'passkey', networksForKeys: true },
    ])
      await expect(set(null, change), JSON.stringify(change)).rejects.toThrow(/AccessPolicy_of_staff/);
    await set(null, { sessionIdleMinutes: 15, sessionHours: 12, factor: 'passkey' });
    await sql(`delete from "AccessPolicy" where "id" = 'provider'`);
  });
});

describe('people by factor', () => {
  it('are counted once each by the best they have, for those who decide', async () => {
    const add = async (role: string, ...passkeys: boolean[]) => {
      const person = await addPerson(db, 'customer');
      await addMember(db, organisation, person, role);
      for (const deviceBound of passkeys) await withPasskey(person, deviceBound);
      return person;
    };
    await add('developer', true, false);
    await add('developer', false);
    const auditor = await add('auditor');
    expect(await asMember(session.secret, organisation, (tx) => door.peopleByFactor(tx))).toEqual({
      device_bound: 1,
      synced: 1,
      other: 2,
    });
    const { secret } = await addSession(db, auditor);
    await expect(asMember(secret, organisation, (tx) => door.peopleByFactor(tx))).rejects.toMatchObject({
      code: 'context.required',
    });
  });
});
