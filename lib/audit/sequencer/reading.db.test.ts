import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asApiKey, asMember, asStaff, closeDatabase, type Tx, withoutTenant } from '@/lib/db';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { addApiKey, addOrganisation, addPerson, addProject, addSession, query } from '@/test/support/world';
import { addEvents, connect, keyringIn, openTestKeyring, sequence } from './test-support';

/** Logs are read as events are: by members of their organisation, and the provider's by staff with that duty. */
let cluster: TestCluster;
let db: TestDatabase;
let mine: { organisation: string; secret: string };
let theirs: { organisation: string; secret: string };

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  process.env.DATABASE_URL = db.url.console;
  [mine, theirs] = await Promise.all([customer(), customer()]);
  for (const log of [mine.organisation, theirs.organisation, null]) await addEvents(db, log, 2);
  const keyring = await openTestKeyring();
  const client = await connect(db);
  await sequence(client, keyringIn(keyring));
  await client.end();
  await keyring.close();
});
afterAll(async () => {
  await closeDatabase();
  await cluster?.stop();
});

async function customer() {
  const person = await addPerson(db, 'customer');
  const organisation = await addOrganisation(db, person);
  return { organisation, secret: (await addSession(db, person)).secret };
}

/** Whose rows are seen, table by table. */
async function seen(tx: Tx): Promise<string[][]> {
  const rows = async (table: string, column: string) =>
    (
      await tx.prisma.$queryRawUnsafe<{ log: string }[]>(
        `select distinct "${column}" as log from "${table}" order by 1`,
      )
    ).map(({ log }) => log);
  return [
    await rows('Log', 'name'),
    await rows('LogLeaf', 'log'),
    await rows('LogTile', 'log'),
    await rows('LogCheckpoint', 'log'),
  ];
}

describe('who reads a log', () => {
  it('is a member of its organisation', async () => {
    for (const { organisation, secret } of [mine, theirs])
      expect(await asMember(secret, organisation, seen)).toEqual(Array.from({ length: 4 }, () => [organisation]));
  });

  it('is no API key of one project, and nobody without a context', async () => {
    const project = await addProject(db, mine.organisation);
    const { key } = await addApiKey(db, mine.organisation, project.id, ['audit:read']);
    const nothing = [[], [], [], []];
    expect(await asApiKey(key, seen)).toEqual(nothing);
    expect(await withoutTenant(seen)).toEqual(nothing);
  });

  it('is staff with that duty for the logs of the provider and the operator, and for no other', async () => {
    const as = async (role: string) => (await addSession(db, await addPerson(db, 'staff', role))).secret;
    for (const role of ['administrator', 'security', 'auditor'])
      expect(await asStaff(await as(role), seen)).toEqual([
        ['operator', 'provider'],
        ['provider'],
        ['operator', 'provider'],
        ['operator', 'provider'],
      ]);
    expect(await asStaff(await as('support'), seen)).toEqual([[], [], [], []]);
  });

  it('is not control, which runs the sequencer under another role; and the console writes nothing', async () => {
    for (const table of ['Log', 'LogLeaf', 'LogTile', 'LogCheckpoint', 'LogCursor'])
      await expect(query(db.url.control, `select 1 from "${table}"`), table).rejects.toThrow('permission denied');
    for (const sql of [
      'select 1 from "LogCursor"',
      `insert into "Log" ("name", "size", "frontier") values ('org_x', 0, '')`,
      'update "Log" set "signed" = 0',
      'delete from "LogTile"',
    ])
      await expect(query(db.url.console, sql), sql).rejects.toThrow('permission denied');
  });
});

describe('the sequencer’s own role', () => {
  it('reads of an event where it belongs and what it is committed to, and nothing else', async () => {
    expect(
      await query(db.url.sequencer, 'select "id", "xid", "organisationId", "entry" from "AuditEvent"'),
    ).toHaveLength(6);
    for (const sql of [
      'select "header" from "AuditEvent"',
      'select "actor" from "AuditEvent"',
      'select "commitments" from "AuditEvent"',
      'select "seed" from "AuditEvent"',
      'select 1 from "AuditValue"',
      'select 1 from "User"',
      'select 1 from "Organisation"',
      `update "AuditEvent" set "entry" = ''`,
      'delete from "AuditEvent"',
      'delete from "LogLeaf"',
      'update "LogLeaf" set "index" = 0',
      `update "LogCheckpoint" set "note" = ''`,
    ])
      await expect(query(db.url.sequencer, sql), sql).rejects.toThrow('permission denied');
  });

  it('tells its state to staff with that duty, and to nobody else', async () => {
    const state = (tx: Tx) => tx.prisma.$queryRaw`select unsigned::int as unsigned from cordon.sequencer_state()`;
    const auditor = (await addSession(db, await addPerson(db, 'staff', 'auditor'))).secret;
    expect(await asStaff(auditor, state)).toEqual([{ unsigned: 0 }]);
    const support = (await addSession(db, await addPerson(db, 'staff', 'support'))).secret;
    await expect(asStaff(support, state)).rejects.toThrow();
    await expect(asMember(mine.secret, mine.organisation, state)).rejects.toThrow();
    await expect(query(db.url.control, 'select * from cordon.sequencer_state()')).rejects.toThrow('permission denied');
  });
});

describe('the name of an organisation', () => {
  it('cannot be that of another log, or more than a name', async () => {
    for (const organisationId of ['operator', 'provider', 'org_', 'org_a\nb', 'org_a/b', 'org_é'])
      await expect(addEvents(db, organisationId), organisationId).rejects.toThrow('AuditEvent_organisation');
  });
});
