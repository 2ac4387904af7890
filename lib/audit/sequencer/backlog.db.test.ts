import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { query } from '@/test/support/world';
import { BATCH_SIZE } from './step';
import { BATCH } from './store';
import {
  connect,
  expectWhole,
  INSERT_EVENTS,
  keyringIn,
  openTestKeyring,
  sequence,
  type TestKeyring,
} from './test-support';

/** A backlog is read in the order of its index: sorting it at every step is ten times slower, and by the wrong type in the wrong order. */
const EVENTS = 300_000;
const ORGANISATIONS = 40;

let cluster: TestCluster;
let db: TestDatabase;
let keyring: TestKeyring;
let client: pg.Client;

beforeAll(async () => {
  cluster = await startCluster();
  [db, keyring] = await Promise.all([cluster.database(), openTestKeyring()]);
  client = await connect(db);
  const insert = INSERT_EVENTS.replace('$1,', `'org_' || (i % ${ORGANISATIONS}),`).replace(
    'from generate_series(1, $2::int)',
    'from generate_series(1, $1::int) i',
  );
  for (let made = 0; made < EVENTS; made += 50_000) await query(db.url.installer, insert, [50_000]);
}, 300_000);
afterAll(async () => {
  await client?.end();
  await keyring?.close();
  await cluster?.stop();
});

const ZERO = '00000000-0000-0000-0000-000000000000';
const planOf = async (sql: string): Promise<string> => {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, ['0', ZERO, BATCH_SIZE]);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
};

describe('a backlog', () => {
  it('is read by the primary key, without sorting, before the statistics know of it and after', async () => {
    for (const statistics of ['none', 'fresh']) {
      if (statistics === 'fresh') await query(db.url.installer, 'analyze "AuditEvent"');
      const plan = await planOf(BATCH);
      expect(plan).toContain('Index Scan using "AuditEvent_pkey"');
      expect(plan).toMatch(/Index Cond: .*pg_snapshot_xmin/);
      expect(plan).not.toMatch(/Sort|Seq Scan|Bitmap/);
    }
    // What happens when the output column is called xid.
    expect(
      await planOf(BATCH.replace('as at_xid', 'as xid').replace('order by e."xid", e."id"', 'order by xid, id')),
    ).toContain('Sort Key: ((xid)::text)');
  });

  it('is worked off completely', async () => {
    const begun = performance.now();
    expect(await sequence(client, keyringIn(keyring))).toBe(EVENTS);
    const seconds = (performance.now() - begun) / 1000;
    if (process.env.CORDON_TEST_LOG) console.log(`${Math.round(EVENTS / seconds)} leaves/s`);
    await expectWhole(db, keyring);
  });
});
