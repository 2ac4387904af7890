import type pg from 'pg';
import { append, type EventSchema, type NewEvent } from '@/lib/audit';
import { onConnection } from '@/lib/db/control';
import type { Described } from '../ledger';

/** Control's queries, under its own role: which requests are open, what must be over, and what the logs were not told yet. */
export type Queryable = Pick<pg.ClientBase, 'query'>;
export type Pool = pg.Pool;

export async function inTransaction<R>(pool: Pool, work: (client: Queryable) => Promise<R>): Promise<R> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/** What must be over, and why. */
export async function due(db: Queryable): Promise<{ request: string; why: 'lapsed' | 'locked' | 'unused' }[]> {
  const { rows } = await db.query<{ request_id: string; why: 'lapsed' | 'locked' | 'unused' }>(
    'select * from cordon.access_due()',
  );
  return rows.map(({ request_id, why }) => ({ request: request_id, why }));
}

export async function leavers(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select * from cordon.access_leavers() as id');
  return rows.map(({ id }) => id);
}
export const noteLeaver = (db: Queryable, id: string): Promise<unknown> =>
  db.query('select cordon.note_leaver($1)', [id]);

/** Requests that are not over as far as the copies say, and all of the last day: a copy that says too early that one is over hides nothing. */
export async function open(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select "id" from "AccessRequest" where "state" in ('pending', 'scheduled', 'active') or "requestedAt" > clock_timestamp() - interval '1 day'
      order by "requestedAt" desc limit 2000`,
  );
  return rows.map(({ id }) => id);
}

/** Copies what the keyring says where the copies say something else. */
export async function note(db: Queryable, all: readonly Described[]): Promise<void> {
  const rows = JSON.stringify(
    all.map(({ id, state, startsAt, deadline, minutes, why }) => ({ id, state, startsAt, deadline, minutes, why })),
  );
  const said = `(select s.id, s.state, to_timestamp(s."startsAt") as starts, to_timestamp(s.deadline) as deadline, s.minutes, s.why
    from jsonb_to_recordset($1::jsonb) s(id text, state text, "startsAt" bigint, deadline bigint, minutes int, why text)) s`;
  await db.query(
    `update "AccessRequest" r set "state" = s.state, "startsAt" = s.starts, "deadline" = s.deadline, "minutes" = coalesce(s.minutes, r."minutes"), "why" = s.why
       from ${said} where s.id = r."id" and (r."state", r."startsAt", r."deadline", r."why") is distinct from (s.state, s.starts, s.deadline, s.why)`,
    [rows],
  );
  await db.query(
    `update "ProviderAccess" p set "state" = s.state, "startsAt" = s.starts, "deadline" = s.deadline, "why" = cordon.told_why(s.state, s.why)
       from ${said} where s.id = p."requestId"
        and (p."state", p."startsAt", p."deadline", p."why") is distinct from (s.state, s.starts, s.deadline, cordon.told_why(s.state, s.why))`,
    [rows],
  );
}

export interface Settled {
  id: string;
  organisationId: string | null;
  staffId: string | null;
  targets: string[];
  state: string;
  startsAt: Date | null;
  deadline: Date | null;
  why: string | null;
}

/** What the log says of a state: of a grant its end as well, so that an extension is told. */
const SAYS = `case when "state" in ('scheduled', 'active') then "state" || ' ' || extract(epoch from "deadline")::bigint else "state" end`;

/** Takes up to so many that a log was not told yet: each once, whoever asks. Of the provider's log (organisation null) and of the customers'. */
export async function takeUntold(db: Queryable, limit: number): Promise<Settled[]> {
  const provider = await db.query<Settled>(
    `update "AccessRequest" r set "logged" = ${SAYS}
      where r."id" in (select "id" from "AccessRequest" where "logged" <> ${SAYS} and "state" <> 'pending' limit $1 for update skip locked)
      returning r."id", null as "organisationId", null as "staffId", r."targets", r."state", r."startsAt", r."deadline", r."why"`,
    [limit],
  );
  const customers = await db.query<Settled>(
    `update "ProviderAccess" p set "logged" = ${SAYS}
      where (p."requestId", p."organisationId") in (select "requestId", "organisationId" from "ProviderAccess"
        where "logged" <> ${SAYS} and "state" <> 'pending' limit $1 for update skip locked)
      returning p."requestId" as id, p."organisationId", p."staffId", p."targets", p."state", p."startsAt", p."deadline", p."why"`,
    [limit],
  );
  return [...provider.rows, ...customers.rows];
}

/** A session through the media-plane that the edges report something new of. */
export interface Observed {
  session: string;
  request: string;
  target: string;
  channel: string;
  edge: string;
  began: Date;
  /** Null while it goes on. */
  ended: Date | null;
  why: string;
  /** When it began, as it was written down before; null: not yet. */
  known: Date | null;
  projectId: string;
  organisationId: string | null;
  staffId: string | null;
}

/** Takes those of which something is new, and writes it down: each once, whoever asks. No session goes on longer than its grant, twelve hours. */
export async function takeObserved(db: Queryable): Promise<Observed[]> {
  const { rows } = await db.query<Observed>(
    `select s."id" as session, s."requestId" as request, s."target", s."channel", m.edge, m.began, m.ended, coalesce(m.why, '') as why,
            s."startedAt" as known, p."id" as "projectId", a."organisationId", a."staffId"
       from "ProductionSession" s
       join "Project" p on 'app:' || p."appId" = s."target"
       left join "ProviderAccess" a on a."requestId" = s."requestId" and a."organisationId" = p."organisationId",
       lateral (select min(x."startedAt") as began, case when bool_and(x."endedAt" is not null) then max(x."endedAt") end as ended,
                  (array_agg(x."edgeName" order by x."startedAt" desc))[1] as edge,
                  (array_agg(x."endReason" order by x."startedAt" desc))[1] as why
                from "MediaSession" x where x."account" = 'provider-observer-' || substr(s."id", 5) and x."account" like 'provider-observer-%'
                  and x."appId" = p."appId" and x."channel" = s."channel") m
      where s."through" = 'media-plane' and s."endedAt" is null and s."openedAt" > clock_timestamp() - interval '2 days'
        and m.began is not null and (s."startedAt" is null or m.ended is not null)
      order by s."id" limit 100 for update of s skip locked`,
  );
  for (const { session, began, ended, why } of rows)
    await db.query(
      `update "ProductionSession" set "startedAt" = coalesce("startedAt", $2), "endedAt" = $3, "why" = $4 where "id" = $1`,
      [session, began, ended, ended && why],
    );
  return rows;
}

/** Has the edges cut whoever watches under what is over by these copies. */
export const closeObservations = (db: Queryable): Promise<unknown> => db.query('select cordon.close_observations()');

export const record = <S extends EventSchema>(db: Queryable, event: NewEvent<S>): Promise<string> =>
  append(onConnection(db as pg.ClientBase), event);

/** Tells people whose grants end in ten minutes, or in two, each once. */
export const warn = (db: Queryable): Promise<unknown> => db.query('select cordon.warn_of_ends()');

/** To the person whose grant it was. */
export const tellEnded = (db: Queryable, id: string, targets: readonly string[], why: string): Promise<unknown> =>
  db.query('select cordon.tell_access_ended($1, $2, $3::jsonb)', [
    id,
    'grant.ended',
    JSON.stringify({ targets: targets.join(', ').slice(0, 120), state: why, request: id }),
  ]);

/** Delegations that are not over by their copies. Those of the last minute end by themselves, whose clock ever is ahead. */
export async function openDelegations(db: Queryable): Promise<{ id: string; role: string }[]> {
  const { rows } = await db.query<{ id: string; role: string }>(
    `select "id", "role" from "Delegation" where "endedAt" is null and "endsAt" > clock_timestamp() + interval '1 minute' order by "id" limit 200`,
  );
  return rows;
}

/** Writes down that one lapsed, and tells the two whom it concerns; false when somebody else did. `at` in Unix milliseconds. */
export async function noteLapsed(db: Queryable, id: string, at: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update "Delegation" set "endedAt" = $2, "why" = 'lapsed' where "id" = $1 and "endedAt" is null`,
    [id, new Date(at)],
  );
  if (rowCount !== 1) return false;
  await db.query('select cordon.tell_delegation($1)', [id]);
  return true;
}
