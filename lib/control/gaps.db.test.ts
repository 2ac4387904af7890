import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCluster, type TestCluster, type TestDatabase } from '@/test/support/database';
import { query } from '@/test/support/world';
import type { AckWriter } from './acks';
import { Ingest } from './ingest';

/** What an edge decided is evidence. Where its numbers show that some never came, the log says so, once. */
let cluster: TestCluster;
let db: TestDatabase;
let pool: pg.Pool;
let ingest: Ingest;
const edge = { name: 'eu-1', region: 'EU' as const };
const bootId = 'boot-1';

beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.database();
  pool = new pg.Pool({ connectionString: db.url.control, max: 4 });
  const quiet = () => undefined;
  ingest = new Ingest(pool, {} as AckWriter, { info: quiet, warn: quiet, error: quiet } as never);
});
afterAll(async () => {
  await pool?.end();
  await cluster?.stop();
});

const meter = (n: number) =>
  JSON.stringify({
    kind: 'meter',
    n,
    at: 1,
    appId: 'a',
    channel: 'c',
    participantSeconds: 1,
    packetsIn: 0,
    packetsOut: 0,
  });
const send = (first: number, last: number, lines: string[], dropped = 0) =>
  ingest.batch(
    edge,
    { type: 'Upstream', bootId, first, last, dropped },
    Buffer.from(lines.map((line) => `${line}\n`).join('')),
  );
const events = async () =>
  (
    await query<{ said: string }>(
      db.url.installer,
      `select "schema" || ' ' || ((convert_from("header", 'UTF8')::jsonb) -> 'details')::text as said from "AuditEvent" order by "xid"`,
    )
  ).map(({ said }) => said);

it('numbers that are passed over are an event, once; numbers in order are none', async () => {
  await send(1, 2, [meter(1), meter(2)]);
  expect(await events()).toEqual([]);
  // 3 to 9 never came; the batch comes four times at one moment and once again.
  const again = () => send(10, 11, [meter(10), meter(11)]);
  await Promise.all([again(), again(), again(), again()]);
  await again();
  const gap = 'spool.gap@1 {"to": 9, "from": 3, "bootId": "boot-1", "region": "EU", "missing": 7}';
  expect(await events()).toEqual([gap]);
  // In the middle of a batch, and as a record that cannot be read.
  await send(12, 16, [meter(12), 'nonsense', meter(15), meter(16)]);
  expect(await events()).toEqual([
    gap,
    'spool.gap@1 {"to": 14, "from": 13, "bootId": "boot-1", "region": "EU", "missing": 2}',
  ]);
});

it('what the edge dropped before it had a number is told by how many more it is', async () => {
  const before = (await events()).length;
  await send(17, 17, [meter(17)], 5);
  await send(18, 18, [meter(18)], 5);
  await send(19, 19, [meter(19)], 8);
  expect((await events()).slice(before)).toEqual([
    'spool.dropped@1 {"bootId": "boot-1", "region": "EU", "dropped": 5}',
    'spool.dropped@1 {"bootId": "boot-1", "region": "EU", "dropped": 3}',
  ]);
});
