import type pg from 'pg';
import { onConnection } from '@/lib/db/control';
import { newUuid } from '@/lib/platform';
import { append, type NewEvent } from '../append';
import type { EventSchema } from '../events';
import type { Queryable } from '../fsck/parts';
import type { DayCount, Review } from './review';

/** All SQL of the checks: what is kept and told, under control's role; days and the database's clock, under the checker's. */
export type CheckKind = 'full' | 'spot' | 'clock';

/** What a check found of a log; `fault` null: all in order. */
export interface Outcome {
  log: string;
  kind: CheckKind;
  entries: number;
  fault: { code: string; place: number | null; cause: string } | null;
}

type Change = 'failed' | 'recovered' | null;

/**
 * Keeps what was found. Where it is another state than before, that is an event: in the provider's log, in the organisation's whose log it is about, and a notice
 * to those who look after it; all in one transaction. `now` in Unix milliseconds.
 */
export async function keepOutcome(pool: pg.Pool, { log, kind, entries, fault }: Outcome, now: number): Promise<Change> {
  return await inTransaction(pool, async (client) => {
    // Whoever comes second waits for the first and sees its state.
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`log-check|${log}|${kind}`]);
    const { rows } = await client.query<{ state: string; since: Date; code: string | null }>(
      'select "state", "since", "code" from "LogCheck" where "log" = $1 and "kind" = $2',
      [log, kind],
    );
    const [before] = rows;
    const failed = before?.state === 'failed';
    const change: Change = fault && !failed ? 'failed' : !fault && failed ? 'recovered' : null;
    const since = before && change === null ? before.since : new Date(now);
    await client.query(
      `insert into "LogCheck" ("log", "kind", "state", "since", "at", "entries", "code", "place") values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict ("log", "kind") do update set "state" = excluded."state", "since" = excluded."since", "at" = excluded."at",
         "entries" = excluded."entries", "code" = excluded."code", "place" = excluded."place"`,
      [log, kind, fault ? 'failed' : 'whole', since, new Date(now), entries, fault?.code ?? null, fault?.place ?? null],
    );
    if (change === 'failed' && fault) {
      const { code, place, cause } = fault;
      await tell(client, log, {
        schema: 'audit.check_failed@1',
        outcome: 'failed',
        fields: { log, check: kind, code, place, cause },
      });
      await client.query('select cordon.notify_check($1, $2::jsonb)', [
        log,
        JSON.stringify({ log, check: kind, code }),
      ]);
    }
    if (change === 'recovered') {
      const seconds = Math.max(0, Math.round((now - before!.since.getTime()) / 1000));
      const fields = { log, check: kind, code: before!.code ?? '', seconds };
      await tell(client, log, { schema: 'audit.check_recovered@1', outcome: 'success', fields });
    }
    return change;
  });
}

type Said<S extends EventSchema> = Pick<NewEvent<S>, 'schema' | 'outcome' | 'fields'>;

async function tell<S extends EventSchema>(client: pg.PoolClient, log: string, said: Said<S>): Promise<void> {
  const event = {
    ...said,
    actor: { kind: 'system' as const, id: 'checks' },
    object: { type: 'audit-log', id: log },
    actId: newUuid(),
  };
  await append(onConnection(client), event);
  if (log.startsWith('org_')) await append(onConnection(client), { ...event, organisationId: log });
}

/** Records the review of a day in the log it is about, once. False: it was reviewed already. `day` as 2026-11-22, UTC. */
export async function keepReview(pool: pg.Pool, log: string, day: string, found: Review): Promise<boolean> {
  return await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `insert into "LogCheck" as c ("log", "kind", "state", "since", "at", "entries") values ($1, 'review', 'whole', $2, $2, $3)
       on conflict ("log", "kind") do update set "at" = excluded."at", "since" = excluded."since", "entries" = excluded."entries"
         where c."at" < excluded."at"`,
      [log, new Date(Date.parse(`${day}T00:00:00Z`)), found.events],
    );
    if (rowCount !== 1) return false;
    await append(onConnection(client), {
      schema: 'audit.reviewed@1',
      outcome: 'success',
      actor: { kind: 'system', id: 'review' },
      object: { type: 'audit-log', id: log },
      organisationId: log === 'provider' ? null : log,
      fields: { day, ...found },
    });
    return true;
  });
}

/** When a kind was last done, of the provider's log; null: never. */
export async function lastDone(pool: pg.Pool, kind: 'full' | 'review'): Promise<number | null> {
  const { rows } = await pool.query<{ at: Date | null }>(
    `select max("at") as at from "LogCheck" where "kind" = $1 and "log" = 'provider'`,
    [kind],
  );
  return rows[0]?.at?.getTime() ?? null;
}

/** Events of one log and one day by name and outcome. */
export async function dayOf(db: Queryable, log: string, day: string): Promise<DayCount[]> {
  const { rows } = await db.query<{ schema: string; outcome: string; count: string }>(
    `select e."schema", e."outcome", count(*) as count from "AuditEvent" e
      where e."organisationId" is not distinct from $1 and e."at" >= $2::timestamptz and e."at" < $2::timestamptz + interval '1 day' group by 1, 2`,
    [log === 'provider' ? null : log, `${day}T00:00:00Z`],
  );
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

/** Whether a log had an event by the end of a day. */
export async function existedOn(db: Queryable, log: string, day: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from "AuditEvent" e where e."organisationId" is not distinct from $1 and e."at" < $2::timestamptz + interval '1 day' limit 1`,
    [log === 'provider' ? null : log, `${day}T00:00:00Z`],
  );
  return (rowCount ?? 0) > 0;
}

/** Where the last look at a log found something wrong; null when it did not. */
export async function failedPlace(pool: pg.Pool, log: string): Promise<number | null> {
  const { rows } = await pool.query<{ place: string }>(
    `select "place" from "LogCheck" where "log" = $1 and "kind" = 'spot' and "state" = 'failed' and "place" is not null`,
    [log],
  );
  return rows[0] ? Number(rows[0].place) : null;
}

export async function databaseClock(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ now: Date }>('select clock_timestamp() as now');
  return rows[0]!.now.getTime();
}

async function inTransaction<R>(pool: pg.Pool, fn: (client: pg.PoolClient) => Promise<R>): Promise<R> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('begin');
    const result = await fn(client);
    await client.query('commit');
    broken = false;
    return result;
  } finally {
    // One that is not at an end is not used again.
    client.release(broken);
  }
}
