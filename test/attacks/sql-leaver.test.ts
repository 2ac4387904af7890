import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/platform';
import { startCluster, type TestCluster, type TestDatabase } from '../support/database';
import {
  addMember,
  addOrganisation,
  addPerson,
  addProject,
  addSession,
  type PersonRow,
  type ProjectRow,
  query,
} from '../support/world';

/**
 * The attack: a developer who is about to be taken out of their organisation found a hole through which any SQL runs as the console's role, in
 * their own session. They know that keys they made and tokens they minted will end with them, so they try to rub out whose these are, to
 * put them under a colleague's name, or to make new ones there.
 */
let cluster: TestCluster;
let db: TestDatabase;
let developer: PersonRow;
let owner: PersonRow;
let organisation: string;
let project: ProjectRow;
let secret: string;
const key = newId('key');
const TOKEN = 'a'.repeat(64);

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  [developer, owner] = [await addPerson(db, 'customer'), await addPerson(db, 'customer')];
  organisation = await addOrganisation(db, owner);
  await addMember(db, organisation, developer, 'developer');
  project = await addProject(db, organisation);
  secret = (await addSession(db, developer)).secret;
  expect(await asDeveloper(insertKey, [key, developer.id])).toBe('1 row');
  expect(await asDeveloper(insertToken, [TOKEN, developer.id])).toBe('1 row');
});
afterAll(() => cluster?.stop());

const insertKey = `insert into "ApiKey" ("id", "organisationId", "projectId", "name", "prefix", "secretHash", "scopes", "createdById", "createdAt")
  values ($1, $4, $3, 'mine', $1, sha256($1::text::bytea), '{project:read}', $2, now())`;
const insertToken = `insert into "MintedToken" ("tokenId", "organisationId", "projectId", "mintedById", "expiresAt")
  values ($1, $4, $3, $2, now() + interval '1 hour')`;

/** One committed statement in the developer's context; `$3` and `$4` are the project and the organisation where the statement uses them. */
async function asDeveloper(sql: string, values: unknown[] = []): Promise<string> {
  const client = new pg.Client({ connectionString: db.url.console });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select * from cordon.enter_organisation($1, $2)', [secret, organisation]);
    const all = sql.includes('$4') ? [...values, project.id, organisation] : values;
    const { rowCount } = await client.query(sql, all);
    await client.query('commit');
    return `${rowCount} ${rowCount === 1 ? 'row' : 'rows'}`;
  } catch (error) {
    await client.query('rollback');
    return (error as Error).message;
  } finally {
    await client.end();
  }
}

const whose = async () => {
  const [row] = await query<{ token: string; key: string; revoked: boolean }>(
    db.url.installer,
    `select (select "mintedById" from "MintedToken" where "tokenId" = $1) as token, k."createdById" as key, k."revokedAt" is not null as revoked
     from "ApiKey" k where k."id" = $2`,
    [TOKEN, key],
  );
  return row;
};
const DENIED = /permission denied/;
const NOT_YOURS = /violates row-level security policy/;

describe('what somebody leaves behind', () => {
  it.each([
    ['deleted', 'delete from "MintedToken"', [], /^0 rows$/],
    ['given to a colleague', 'update "MintedToken" set "mintedById" = $1', ['owner'], DENIED],
    ['said to have run out', `update "MintedToken" set "expiresAt" = now()`, [], DENIED],
    ['lost with its project', `update "MintedToken" set "projectId" = 'prj_other'`, [], DENIED],
    ['a key given to a colleague', 'update "ApiKey" set "createdById" = $1', ['owner'], DENIED],
    ['a key deleted', 'delete from "ApiKey"', [], DENIED],
    ['a key taken over by themselves', 'select cordon.take_over_keys($1)', ['owner'], /^context\.required$/],
  ])('is not %s', async (_what, sql, values, answer) => {
    const filled = values.map((value) => (value === 'owner' ? owner.id : value));
    expect(await asDeveloper(sql, filled)).toMatch(answer);
    expect(await whose()).toEqual({ token: developer.id, key: developer.id, revoked: false });
  });

  it('is not made under a colleague’s name', async () => {
    expect(await asDeveloper(insertKey, [newId('key'), owner.id])).toMatch(NOT_YOURS);
    expect(await asDeveloper(insertToken, ['b'.repeat(64), owner.id])).toMatch(NOT_YOURS);
  });

  it('is not hung under a project of somebody else', async () => {
    const elsewhere = await addProject(db, await addOrganisation(db, await addPerson(db, 'customer')));
    const foreign = insertToken.replace('$3', `'${elsewhere.id}'`).replace('$4', '$3');
    expect(await asDeveloper(foreign, ['c'.repeat(64), developer.id, organisation])).toMatch(NOT_YOURS);
  });

  it('is not seen from another organisation', async () => {
    const stranger = await addPerson(db, 'customer');
    const other = await addOrganisation(db, stranger);
    const client = new pg.Client({ connectionString: db.url.console });
    await client.connect();
    await client.query('begin');
    await client.query('select * from cordon.enter_organisation($1, $2)', [
      (await addSession(db, stranger)).secret,
      other,
    ]);
    expect((await client.query('select * from "MintedToken"')).rows).toEqual([]);
    expect((await client.query('select * from "Notice"')).rows).toEqual([]);
    await client.end();
  });
});
