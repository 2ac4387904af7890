/**
 * What the transparency log costs those who write to the audit log, and how soon an event is under a signed checkpoint. Peers in the same
 * database, in turns: the same events while the sequencer stands still, a bare insert of as many bytes, and a hash chain in rows
 * (one call, hashed in the server). Then the log as NDJSON, and a pack of a whole log, as an auditor verifies it.
 */
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { appendAll, type NewEvent } from '@/lib/audit';
import { onConnection } from '@/lib/db/control';
import { exported } from './audit-export';
import { packed } from './audit-pack';
import { type Stage, setStage } from './audit-stage';
import { type Result, round2 } from './measure';

const WRITERS = 16;
const ROUNDS = 5;
const TURN_MS = 2_000;
const BATCH = 50;
const BACKLOG = 100_000;
const PACKED = 1_000_000;

type Emit = (result: Result) => void;
/** Writes `count` events with one call. */
type Write = (client: pg.Client, count: number) => Promise<unknown>;

export async function bench(emit: Emit): Promise<void> {
  const stage = await setStage(WRITERS);
  try {
    await write(stage.writers[0]!, 1);
    const bytes = await rowBytes(stage);
    const unbatched = await turns(stage, 1, bytes);
    emit(compared('events written, one at a time', unbatched, { still: 0.85, bare: 0.6, chain: 5 }, { bytes }));
    emit(compared(`events written, ${BATCH} at a time`, await turns(stage, BATCH, bytes), { chain: 5 }));
    emit(await checkpointed(stage));
    emit(await drained(stage, unbatched.ours!));
    await exported(stage, emit);
  } finally {
    await stage.stop();
  }
  await packed(emit, PACKED);
}

/** As an edge reports: three personal fields, sealed for the organisation. */
const event = (): NewEvent<'edge.banned@1'> => ({
  schema: 'edge.banned@1',
  outcome: 'success',
  actor: { kind: 'edge', id: 'eu-1', addressPrefix: '192.0.2.0/24', userAgent: 'cordon-edge/0.1 (bench)' },
  object: { type: 'edge', id: 'eu-1' },
  organisationId: 'org_bench',
  fields: { reason: 'A reason of about the length that people give for what they do to an edge.' },
});
const write: Write = (client, count) => appendAll(onConnection(client), Array.from({ length: count }, event));
const bare =
  (body: Buffer): Write =>
  (client, count) =>
    client.query(`insert into bare select gen_random_uuid(), $1 from generate_series(1, $2)`, [body, count]);
const chain =
  (body: Buffer): Write =>
  (client, count) =>
    client.query('select chain_append($1::bytea[])', [Array.from({ length: count }, () => body)]);

/** Of an event and its values together. */
async function rowBytes({ installer }: Stage): Promise<number> {
  const { rows } = await installer.query<{ bytes: number }>(
    `select (select pg_column_size(e.*) from "AuditEvent" e limit 1) + (select sum(pg_column_size(v.*)) from "AuditValue" v) as bytes`,
  );
  return Number(rows[0]!.bytes);
}

/** Events a second of each contender, the median of its turns. */
async function turns(stage: Stage, batch: number, bytes: number): Promise<Record<string, number>> {
  const body = randomBytes(bytes);
  const contenders: Record<string, Write> = { ours: write, still: write, bare: bare(body), chain: chain(body) };
  const rates: Record<string, number[]> = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, work] of Object.entries(contenders)) {
      if (name === 'still') stage.pause();
      const rate = await turn(stage, work, batch);
      if (name === 'still') stage.resume();
      // So that nobody works off what another left.
      await stage.settled();
      if (round > 0) rates[name]!.push(rate);
    }
  }
  return Object.fromEntries(Object.entries(rates).map(([name, list]) => [name, quantile(list, 0.5)]));
}

async function turn({ writers }: Stage, work: Write, batch: number): Promise<number> {
  const started = performance.now();
  let written = 0;
  await Promise.all(
    writers.map(async (client) => {
      while (performance.now() - started < TURN_MS) {
        await work(client, batch);
        written += batch;
      }
    }),
  );
  return Math.round((written * 1000) / (performance.now() - started));
}

/** At a pace a busy installation has: the time between an event's own and that of the first checkpoint over it. */
async function checkpointed({ writers, installer, settled }: Stage): Promise<Result> {
  const { rows: marks } = await installer.query<{ size: string }>(
    `select "size" from "Log" where "name" = 'org_bench'`,
  );
  for (let n = 0; n < 400; n++) {
    await write(writers[n % WRITERS]!, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await settled();
  const { rows } = await installer.query<{ p50: number; p99: number }>(
    `select percentile_cont(0.5) within group (order by ms) as p50, percentile_cont(0.99) within group (order by ms) as p99
     from (select extract(epoch from (select min(k."at") from "LogCheckpoint" k where k."log" = l."log" and k."size" > l."index") - e."at") * 1000 as ms
       from "LogLeaf" l join "AuditEvent" e on e."id" = l."eventId" where l."log" = 'org_bench' and l."index" >= $1) times`,
    [marks[0]!.size],
  );
  const [p50, p99] = [Math.round(rows[0]!.p50), Math.round(rows[0]!.p99)];
  const targets = { p50: 250, p99: 1000 };
  const pass = p50 <= targets.p50 && p99 <= targets.p99;
  return { case: 'event to signed checkpoint, p99', unit: 'ms', ours: p99, p50, peers: {}, ratio: {}, targets, pass };
}

async function drained(stage: Stage, written: number): Promise<Result> {
  stage.pause();
  const each = BACKLOG / WRITERS / 250;
  await Promise.all(
    stage.writers.map(async (client) => {
      for (let n = 0; n < each; n++) await write(client, 250);
    }),
  );
  const started = performance.now();
  stage.resume();
  await stage.settled();
  const rate = Math.round((BACKLOG * 1000) / (performance.now() - started));
  const ratio = { written: round2(rate / written) };
  return {
    ...{ case: 'backlog sequenced and signed', unit: 'events/s', ours: rate, peers: { written }, ratio },
    ...{ targets: { written: 5 }, pass: ratio.written >= 5 },
  };
}

/** Here a ratio is how much faster we are, and a target the least of it. */
function compared(
  name: string,
  { ours, ...peers }: Record<string, number>,
  targets: Record<string, number>,
  detail = {},
) {
  const ratio = Object.fromEntries(Object.entries(peers).map(([peer, rate]) => [peer, round2(ours! / rate)]));
  const pass = Object.entries(targets).every(([peer, least]) => ratio[peer]! >= least);
  return { case: name, unit: 'events/s', ours: ours!, peers, ratio, targets, ...detail, pass };
}

const quantile = (values: readonly number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)]!;
