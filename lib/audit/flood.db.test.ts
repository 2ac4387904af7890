import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { query } from '@/test/support/world';
import { INDIVIDUALLY, tellFloods } from './flood';

let cluster: TestCluster;
let db: TestDatabase;
let audit: typeof import('.');

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  process.env.DATABASE_URL = db.url.console;
  audit = await import('.');
});
afterAll(async () => {
  await (await import('@/lib/db')).closeDatabase();
  await cluster?.stop();
});
beforeEach(async () => {
  await query(
    db.url.installer,
    `set session_replication_role = 'replica'; delete from "AuditEvent"; delete from "RefusalCount"`,
  );
});

const refuse = (code = 'identity.wrong', realm = 'customer') =>
  audit.appendRefusal(
    {
      schema: 'sign-in.refused@1',
      outcome: 'refused',
      actor: { kind: 'anonymous', id: 'sign-in' },
      object: { type: 'user', id: 'unknown' },
      fields: { realm, code, email: 'nobody@example.com' },
    },
    null,
  );
const minutePasses = () =>
  query(db.url.installer, `update "RefusalCount" set "minute" = "minute" - interval '1 minute'`);
const told = async () => {
  const client = new pg.Client(db.url.control);
  await client.connect();
  await client.query('begin');
  const events = await tellFloods(client);
  await client.query('commit');
  await client.end();
  return events;
};
const details = async (schema: string) =>
  (
    await query<{ details: Record<string, unknown> }>(
      db.url.installer,
      `select (convert_from("header", 'UTF8')::jsonb) -> 'details' as details from "AuditEvent" where "schema" = $1`,
      [schema],
    )
  ).map(({ details: each }) => each);

it('a thousand at one moment are counted exactly, and the first of them are events', async () => {
  const answers = await Promise.allSettled(Array.from({ length: 1000 }, () => refuse()));
  // On a slow machine some wait for a connection for too long: their act fails, and they are not counted.
  const answered = answers.filter(({ status }) => status === 'fulfilled').length;
  expect(answered).toBeGreaterThan(INDIVIDUALLY * 5);
  const counts = await query<{ count: string }>(db.url.installer, 'select "count" from "RefusalCount"');
  // They may have met the turn of a minute.
  const individually = counts.reduce((sum, { count }) => sum + Math.min(INDIVIDUALLY, Number(count)), 0);
  expect(await details('sign-in.refused@1')).toHaveLength(individually);
  await minutePasses();
  const few = counts.map(({ count }) => Number(count)).filter((count) => count <= INDIVIDUALLY);
  expect(await told()).toBe(counts.length - few.length);
  const events = await details('refusals.counted@1');
  const all = [...events.map(({ count }) => Number(count)), ...few];
  expect(all.reduce((sum, count) => sum + count, 0)).toBe(answered);
  expect(events[0]).toMatchObject({
    of: 'sign-in.refused@1',
    realm: 'customer',
    code: 'identity.wrong',
    individually: INDIVIDUALLY,
  });
});

/** As if so many had been refused in a minute: this one, or one that is over. */
const counted = (count: number, minutesAgo: number, code = 'identity.wrong') =>
  query(
    db.url.installer,
    `insert into "RefusalCount" values ('sign-in.refused@1', 'customer', $1, date_trunc('minute', now()) - make_interval(mins => $2), $3)`,
    [code, minutesAgo, count],
  );

it('kinds are counted apart', async () => {
  await refuse();
  await refuse('identity.disabled');
  await refuse('identity.wrong', 'staff');
  const kinds = await query(db.url.installer, 'select distinct "realm", "code" from "RefusalCount" order by 1, 2');
  expect(kinds.map(Object.values)).toEqual([
    ['customer', 'identity.disabled'],
    ['customer', 'identity.wrong'],
    ['staff', 'identity.wrong'],
  ]);
});

it('a few need no event of their own, and nothing stays behind', async () => {
  await counted(INDIVIDUALLY, 1);
  await counted(INDIVIDUALLY + 1, 1, 'identity.disabled');
  expect(await told()).toBe(1);
  expect(await details('refusals.counted@1')).toMatchObject([{ code: 'identity.disabled', count: INDIVIDUALLY + 1 }]);
  expect(await query(db.url.installer, 'select 1 from "RefusalCount"')).toEqual([]);
});

it('a minute is told once, whoever tells it, and not before it is over', async () => {
  await counted(500, 1);
  // An hour ahead, so that it is not over when the clock turns.
  await counted(700, -60);
  const events = await Promise.all([told(), told(), told()]);
  expect(events.reduce((a, b) => a + b, 0)).toBe(1);
  expect(await details('refusals.counted@1')).toMatchObject([{ count: 500 }]);
});

it('is told with what was still being counted when its minute was taken', async () => {
  await counted(100, 1);
  const late = new pg.Client(db.url.installer);
  await late.connect();
  await late.query('begin; update "RefusalCount" set "count" = "count" + 1');
  const telling = told();
  const waits = () =>
    query(
      db.url.installer,
      `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    );
  await expect.poll(async () => (await waits()).length).toBe(1);
  await late.query('commit');
  await late.end();
  await telling;
  expect(await details('refusals.counted@1')).toMatchObject([{ count: 101 }]);
});

it('nobody but control takes counts out, and the console cannot read them', async () => {
  await expect(query(db.url.console, 'select * from cordon.take_refusals()')).rejects.toThrow('permission denied');
  await expect(query(db.url.console, 'delete from "RefusalCount"')).rejects.toThrow('permission denied');
  await expect(query(db.url.control, `select cordon.count_refusal('a', 'b', 'c')`)).rejects.toThrow(
    'permission denied',
  );
});
