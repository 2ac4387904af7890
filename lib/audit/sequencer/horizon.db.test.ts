import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { query } from '@/test/support/world';
import { sequencerState } from './state';
import { BATCH } from './store';
import {
  addEvents,
  connect,
  expectWhole,
  INSERT_EVENTS,
  keyringIn,
  ORG_A,
  ORG_B,
  openTestKeyring,
  sequence,
  type TestKeyring,
} from './test-support';

/** Transactions end in another order than they begin in: what is read must wait for those that may still come before it. */
let cluster: TestCluster;
let db: TestDatabase;
let keyring: TestKeyring;
let client: pg.Client;
let slow: pg.Client;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  [db, keyring] = await Promise.all([cluster.database(), openTestKeyring()]);
  client = await connect(db);
  slow = new pg.Client(db.url.installer);
  await slow.connect();
});
afterEach(async () => {
  await Promise.all([client.end(), slow.end(), keyring.close()]);
  await db.drop();
});

const ZERO = '00000000-0000-0000-0000-000000000000';
/** The same reading without the horizon. */
const naive = async (after: { xid: string; id: string }) =>
  await query<{ at_xid: string; id: string }>(
    db.url.sequencer,
    BATCH.replace('and e."xid" < pg_snapshot_xmin(pg_current_snapshot())', ''),
    [after.xid, after.id, 1000],
  );

describe('the horizon', () => {
  it('loses no event of a slow writer, where a cursor without it does', async () => {
    await slow.query('begin');
    await slow.query(INSERT_EVENTS, [ORG_A, 10]);
    for (let i = 0; i < 20; i++) await addEvents(db, ORG_A, 10);

    const seen = await naive({ xid: '0', id: ZERO });
    expect(await sequence(client, keyringIn(keyring))).toBe(0);
    await slow.query('commit');
    const last = seen.at(-1)!;
    const lost = 210 - seen.length - (await naive({ xid: last.at_xid, id: last.id })).length;
    expect(lost).toBe(10);

    expect(await sequence(client, keyringIn(keyring))).toBe(210);
    await expectWhole(db, keyring);
  });

  it('gives places to what is before an open transaction, and to the rest when it ends, however it ends', async () => {
    await addEvents(db, ORG_A, 3);
    await slow.query('begin');
    await slow.query(INSERT_EVENTS, [ORG_B, 2]);
    await addEvents(db, null, 4);
    expect(await sequence(client, keyringIn(keyring))).toBe(3);
    const state = await sequencerState(client);
    expect(state.next > state.horizon).toBe(true);
    expect(state.oldestAt).not.toBeNull();
    await slow.query('rollback');
    expect(await sequence(client, keyringIn(keyring))).toBe(4);
    expect(await sequencerState(client)).toMatchObject({ oldestAt: null, unsigned: 0, systemKnown: true });
    await expectWhole(db, keyring);
  });

  it('counts events of subtransactions in the transaction they belong to', async () => {
    await slow.query('begin');
    await slow.query(INSERT_EVENTS, [ORG_A, 1]);
    await slow.query('savepoint s');
    await slow.query(INSERT_EVENTS, [ORG_A, 1]);
    await addEvents(db, ORG_A, 1);
    await slow.query('release savepoint s');
    expect(await sequence(client, keyringIn(keyring))).toBe(0);
    await slow.query('commit');
    expect(await sequence(client, keyringIn(keyring))).toBe(3);
    await expectWhole(db, keyring);
  });

  it('is not held up by readers', async () => {
    await slow.query('begin isolation level repeatable read');
    await slow.query('select count(*) from "AuditEvent"');
    await addEvents(db, ORG_A, 2);
    expect(await sequence(client, keyringIn(keyring))).toBe(2);
  });

  it('orders transaction numbers as numbers', async () => {
    // Of different lengths, as texts they would come in the other order.
    const values = (xid: string) =>
      query(
        db.url.installer,
        `insert into "AuditEvent" ("id", "xid", "actId", "schema", "outcome", "actorKind", "actor", "objectType", "objectId", "header", "commitments", "seed", "entry")
         select gen_random_uuid(), $1::xid8, gen_random_uuid(), 's', 'success', 'system', 'a', 't', 'o', '\\x00', '{}', uuid_send(gen_random_uuid()),
           decode(repeat('ab', 55), 'hex')`,
        [xid],
      );
    for (const xid of ['9', '100', '20']) await values(xid);
    await sequence(client, keyringIn(keyring));
    const rows = await query<{ at: string }>(
      db.url.installer,
      'select "xid"::text as at from "LogLeaf" order by "index"',
    );
    expect(rows.map(({ at }) => at)).toEqual(['9', '20', '100']);
  });

  it('ends transactions that are left open', async () => {
    for (const [role, url] of Object.entries(db.url).filter(([name]) => name !== 'installer')) {
      const [row] = await query<{ idle_in_transaction_session_timeout: string }>(
        url,
        'show idle_in_transaction_session_timeout',
      );
      expect([role, row!.idle_in_transaction_session_timeout]).toEqual([role, '20s']);
    }
  });
});
