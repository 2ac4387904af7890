import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/platform';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { addOrganisation, addPerson, addProject, type ProjectRow, query } from '@/test/support/world';
import { closeWildcardTokens } from './ingest-store';

/**
 * A token without a user in it fits whatever name its holder says next. So when one turns up in the hands of an account that is
 * revoked, the token itself has to go, at every edge and once.
 */
let cluster: TestCluster;
let db: TestDatabase;
let control: pg.Client;
let project: ProjectRow;

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  const organisation = await addOrganisation(db, await addPerson(db, 'customer'));
  project = await addProject(db, organisation);
  await query(
    db.url.installer,
    `insert into "Revocation" ("id", "organisationId", "projectId", "subjectType", "subject", "issuedBefore", "reason", "createdById", "createdAt", "seq")
     values ($1, $2, $3, 'user', 'mallory', now(), '', 'nobody', now(), 1)`,
    [newId('rev'), organisation, project.id],
  );
  control = new pg.Client(db.url.control);
  await control.connect();
});
afterAll(async () => {
  await control?.end();
  await cluster?.stop();
});

const used = (account: string, tokenId: string) =>
  [{ wildcardUser: true, appId: project.appId, account, tokenId }] as unknown as Parameters<
    typeof closeWildcardTokens
  >[1];
const head = async () =>
  Number((await query<{ seq: string }>(db.url.installer, 'select seq from "PolicyHead"'))[0]!.seq);
const revoked = (tokenId: string) =>
  query(
    db.url.installer,
    `select "subject", "seq" from "Revocation" where "subjectType" = 'token' and "subject" = $1`,
    [tokenId],
  );

describe('closing a wildcard token', () => {
  it('revokes the token of a revoked account as one change of policy, once', async () => {
    const before = await head();
    await closeWildcardTokens(control, used('mallory', 'token-of-mallory'));
    expect(await head()).toBe(before + 1);
    expect(await revoked('token-of-mallory')).toEqual([{ subject: 'token-of-mallory', seq: String(before + 1) }]);
    const [resource] = await query<{ body: object; deleted: boolean }>(
      db.url.installer,
      `select "body", "deleted" from "PolicyResource" where "body"->'subject'->>'tokenId' = 'token-of-mallory'`,
    );
    expect(resource).toMatchObject({ deleted: false, body: { appId: project.appId, version: before + 1 } });

    await closeWildcardTokens(control, used('mallory', 'token-of-mallory'));
    expect(await head()).toBe(before + 1);
    expect(await revoked('token-of-mallory')).toHaveLength(1);
  });

  it('leaves the tokens of everybody else alone', async () => {
    const before = await head();
    await closeWildcardTokens(control, used('alice', 'token-of-alice'));
    expect(await head()).toBe(before);
    expect(await revoked('token-of-alice')).toEqual([]);
  });

  it('is control’s alone', async () => {
    const uses = JSON.stringify([{ id: newId('rev'), appId: project.appId, account: 'mallory', tokenId: 'stolen' }]);
    await expect(query(db.url.console, 'select cordon.close_wildcard_tokens($1::jsonb)', [uses])).rejects.toThrow(
      /permission denied/,
    );
    expect(await revoked('stolen')).toEqual([]);
  });
});
