import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeyringError } from '@/lib/keyring';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { query } from '@/test/support/world';
import { type Sequencer, startSequencer } from './run';
import { step } from './step';
import {
  addEvents,
  connect,
  expectWhole,
  INSERT_EVENTS,
  keyringIn,
  ORG_A,
  ORG_B,
  openTestKeyring,
  type TestKeyring,
} from './test-support';
import { begin } from './worker';

let cluster: TestCluster;
let db: TestDatabase;
let keyring: TestKeyring;
let lines: { msg: string; [key: string]: unknown }[];
let running: Sequencer[];

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  [db, keyring] = await Promise.all([cluster.database(), openTestKeyring()]);
  lines = [];
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((sequencer) => sequencer.stop()));
  await keyring.close();
  await db.drop();
});

const WAIT = { timeout: 20_000, interval: 25 };
const clock = { skew: 0, now: () => Date.now() + clock.skew };

function start(with_ = keyringIn(keyring)): Sequencer {
  const line = (msg: string, fields: object = {}) => void lines.push({ msg, ...fields });
  const log = { info: line, warn: line, error: line };
  const sequencer = startSequencer({ databaseUrl: db.url.sequencer, keyring: with_, log, clock });
  running.push(sequencer);
  return sequencer;
}
const said = (msg: string) => lines.find((line) => line.msg === msg);
const signed = async () =>
  Object.fromEntries(
    (
      await query<{ name: string; signed: string }>(
        db.url.installer,
        `select "name", "signed" from "Log" where "name" <> 'operator' order by 1`,
      )
    ).map((row) => [row.name, Number(row.signed)]),
  );

/** The operator's log is signed after those whose checkpoints it holds. */
async function expectSignedAndWhole(): Promise<void> {
  const behind = () => query(db.url.installer, 'select "name", "size", "signed" from "Log" where "signed" < "size"');
  await expect.poll(behind, WAIT).toEqual([]);
  await expectWhole(db, keyring);
}

describe('the sequencer', () => {
  it('signs what is written, goes on after a restart, and leaves one to lead of several', async () => {
    const first = start();
    const second = start();
    await addEvents(db, ORG_A, 3);
    await expect.poll(signed, WAIT).toEqual({ [ORG_A]: 3 });
    expect([first, second].filter(({ leading }) => leading)).toHaveLength(1);
    const [leader, follower] = first.leading ? [first, second] : [second, first];
    await leader.stop();
    await addEvents(db, ORG_A, 2);
    await addEvents(db, null, 1);
    await expect.poll(signed, WAIT).toEqual({ [ORG_A]: 5, provider: 1 });
    expect(follower.leading).toBe(true);
    await expectSignedAndWhole();
  });

  it('has signed what one before it let grow and never signed', async () => {
    const client = await connect(db);
    await addEvents(db, ORG_A, 3);
    await step(client, await begin(client));
    await client.end();
    start();
    await expect.poll(signed, WAIT).toEqual({ [ORG_A]: 3 });
    await expectSignedAndWhole();
  });

  it('comes back when its connection is ended', async () => {
    start();
    await addEvents(db, ORG_A, 1);
    await expect.poll(signed, WAIT).toEqual({ [ORG_A]: 1 });
    await query(
      db.url.installer,
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cordon-sequencer' and datname = current_database()`,
    );
    await addEvents(db, ORG_B, 1);
    await expect.poll(signed, WAIT).toEqual({ [ORG_A]: 1, [ORG_B]: 1 });
    await expectSignedAndWhole();
  });

  it('has many logs signed', async () => {
    await query(
      db.url.installer,
      `${INSERT_EVENTS.replace('$1,', `'org_' || (i % 700),`).replace('from generate_series(1, $2::int)', 'from generate_series(1, 3000) i')}`,
    );
    start();
    await expect.poll(async () => Object.keys(await signed()).length, WAIT).toBe(700);
    await expect.poll(async () => Object.values(await signed()).reduce((a, b) => a + b, 0), WAIT).toBe(3000);
    await running[0]!.stop();
    await expectSignedAndWhole();
  });

  it('lets logs grow while the keyring is away, and has them signed when it is back', async () => {
    let away = true;
    const inner = keyringIn(keyring);
    start({ call: (...args) => (away ? Promise.reject(new KeyringError(null)) : inner.call(...args)) });
    await addEvents(db, ORG_A, 4);
    const size = () => query(db.url.installer, `select "size", "signed" from "Log" where "name" = '${ORG_A}'`);
    await expect.poll(size, WAIT).toEqual([{ size: '4', signed: '0' }]);
    await expect.poll(() => said('sequencer.unsigned'), WAIT).toBeDefined();
    away = false;
    await expect.poll(signed, WAIT).toEqual({ [ORG_A]: 4 });
    await expectSignedAndWhole();
  });

  it('works, later, when its lock is held by somebody who does nothing', async () => {
    // Anybody who can run SQL, in any role, can take an advisory lock.
    const thief = new pg.Client(db.url.console);
    await thief.connect();
    try {
      await thief.query('select pg_advisory_lock($1, $2)', [0x636f7264, 0x6c6f6773]);
      const sequencer = start();
      await addEvents(db, ORG_A, 2);
      await expect.poll(signed, WAIT).toEqual({ [ORG_A]: 2 });
      expect(sequencer.leading).toBe(false);
      // Said once the round is over; what it signed is seen before.
      await expect.poll(() => said('sequencer.helped'), WAIT).toBeDefined();
    } finally {
      await thief.end();
    }
  });

  it('says when it is late, and because of what', async () => {
    const slow = new pg.Client(db.url.installer);
    await slow.connect();
    try {
      await slow.query('begin');
      await slow.query(INSERT_EVENTS, [ORG_A, 1]);
      await addEvents(db, ORG_B, 1);
      const sequencer = start();
      await expect.poll(() => sequencer.leading, WAIT).toBe(true);
      clock.skew += 11_000;
      await expect.poll(() => said('sequencer.lag'), WAIT).toBeDefined();
      clock.skew += 11_000;
      await expect.poll(() => sequencer.lag, WAIT).toMatchObject({ reason: 'open_transaction' });
      await slow.query('commit');
      await expect.poll(signed, WAIT).toEqual({ [ORG_A]: 1, [ORG_B]: 1 });
    } finally {
      clock.skew = 0;
      await slow.end();
    }
  });
});

describe('a database restored into another server', () => {
  const owner = (sql: string) => query(db.url.installer, `set role cordon_owner; ${sql}`);

  it('is not sequenced until somebody has seen to it', async () => {
    const first = start();
    await addEvents(db, ORG_A, 2);
    await expect.poll(signed, WAIT).toEqual({ [ORG_A]: 2 });
    await first.stop();
    // As a dump of a server that is far ahead: its cursor, and an event not yet sequenced when the dump was made.
    await query(db.url.installer, `update "LogCursor" set "system" = 1`);
    await addEvents(db, ORG_A, 1);
    start();
    await expect.poll(() => said('sequencer.stopped'), WAIT).toMatchObject({ code: 'sequencer.restored' });
    expect(String(said('sequencer.stopped')!.reason)).toContain('select cordon.adopt_log_cursor()');
    expect(await signed()).toEqual({ [ORG_A]: 2 });
    await owner('select cordon.adopt_log_cursor()');
    await expect.poll(signed, WAIT).toEqual({ [ORG_A]: 3 });
    await expectSignedAndWhole();
  });

  it('must first number its transactions above every event', async () => {
    await query(
      db.url.installer,
      `${INSERT_EVENTS.replace('("id",', '("xid", "id",').replace('select gen', `select '30000000000', gen`)}`,
      [ORG_A, 1],
    );
    await query(db.url.installer, `update "LogCursor" set "system" = 1`);
    // 30 000 000 000 lies in epoch 6: the next is 7.
    await expect(owner('select cordon.adopt_log_cursor()')).rejects.toMatchObject({
      message: 'log.transactions_behind',
      detail: expect.stringContaining('pg_resetwal -e 7'),
    });
    await expect(query(db.url.sequencer, 'select cordon.adopt_log_cursor()')).rejects.toThrow('permission denied');
  });

  it('is not sequenced with a cursor of the future either', async () => {
    await query(db.url.installer, `update "LogCursor" set "xid" = '30000000000'`);
    await addEvents(db, ORG_A, 1);
    start();
    await expect.poll(() => said('sequencer.stopped'), WAIT).toMatchObject({ code: 'sequencer.ahead' });
    expect(await signed()).toEqual({});
  });
});
