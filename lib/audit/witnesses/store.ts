import type { Queryable } from '../sequencer/store';
import type { AskedWitness } from './config';

/** All SQL of witnessing, under the sequencer's role. */
export interface OperatorCheckpoint {
  size: number;
  root: Buffer;
  note: string;
}

export async function newestCheckpoint(db: Queryable): Promise<OperatorCheckpoint | null> {
  const { rows } = await db.query<{ size: string; root: Buffer; note: Buffer }>(
    `select "size", "root", "note" from "LogCheckpoint" where "log" = 'operator' order by "size" desc limit 1`,
  );
  const row = rows[0];
  return row ? { size: Number(row.size), root: row.root, note: row.note.toString('utf8') } : null;
}

/** Exactly these are asked from now on. Others keep their cosignatures. */
export async function adopt(db: Queryable, witnesses: readonly (Pick<AskedWitness, 'name'> & { vkey: string })[]) {
  const names = witnesses.map(({ name }) => name);
  const vkeys = witnesses.map(({ vkey }) => vkey);
  await db.query('update "LogWitness" set "asked" = false where "asked" and "vkey" <> all($1::text[])', [vkeys]);
  await db.query(
    `insert into "LogWitness" ("vkey", "name", "asked") select v, n, true from unnest($1::text[], $2::text[]) as t(v, n)
     on conflict ("vkey") do update set "name" = excluded."name", "asked" = true,
       "askedSince" = case when "LogWitness"."asked" then "LogWitness"."askedSince" else excluded."askedSince" end`,
    [vkeys, names],
  );
}

/** What these witnesses cosigned last, by their vkey; 0 for nothing. */
export async function lastSizes(db: Queryable, vkeys: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ vkey: string; size: string }>(
    'select "vkey", "size" from "LogWitness" where "vkey" = any($1::text[])',
    [vkeys],
  );
  return new Map(rows.map(({ vkey, size }) => [vkey, Number(size)]));
}

export interface Cosignature {
  vkey: string;
  line: string;
  /** Unix seconds. */
  time: number;
}

export interface Trouble {
  vkey: string;
  state: 'failing' | 'diverged';
  code: string;
}

/**
 * Keeps what a round brought, and asks `isQuorum` whether all who cosigned this size, now or before, are enough. Answers those whose state is
 * another than before.
 */
export async function keep(
  db: Queryable,
  size: number,
  cosignatures: readonly Cosignature[],
  troubles: readonly Trouble[],
  isQuorum: (vkeys: readonly string[]) => boolean,
): Promise<Set<string>> {
  await db.query('begin');
  try {
    // A second answer for the same size says nothing new: the first stays, and notes that were handed out stay as they were.
    await db.query(
      `insert into "LogCosignature" ("size", "vkey", "line", "time")
       select $1, v, convert_to(l, 'UTF8'), to_timestamp(t) from unnest($2::text[], $3::text[], $4::bigint[]) as t(v, l, t) on conflict do nothing`,
      [size, ...columns(cosignatures, 'vkey', 'line', 'time')],
    );
    const { rows: good } = await db.query<{ vkey: string; changed: boolean }>(
      `update "LogWitness" w set "state" = 'cosigning', "code" = null, "size" = $1, "cosignedAt" = to_timestamp(c.t),
         "since" = case when b."state" = 'cosigning' then b."since" else clock_timestamp() end
       from unnest($2::text[], $3::bigint[]) as c(v, t) join "LogWitness" b on b."vkey" = c.v
       where w."vkey" = c.v returning w."vkey", b."state" <> 'cosigning' as changed`,
      [size, ...columns(cosignatures, 'vkey', 'time')],
    );
    const { rows: bad } = await db.query<{ vkey: string; changed: boolean }>(
      `update "LogWitness" w set "state" = c.s, "code" = c.c,
         "since" = case when b."state" = c.s then b."since" else clock_timestamp() end
       from unnest($1::text[], $2::text[], $3::text[]) as c(v, s, c) join "LogWitness" b on b."vkey" = c.v
       where w."vkey" = c.v returning w."vkey", b."code" is distinct from c.c as changed`,
      columns(troubles, 'vkey', 'state', 'code'),
    );
    const { rows: all } = await db.query<{ vkey: string }>('select "vkey" from "LogCosignature" where "size" = $1', [
      size,
    ]);
    if (isQuorum(all.map(({ vkey }) => vkey)))
      await db.query('insert into "LogWitnessed" ("size") values ($1) on conflict do nothing', [size]);
    await db.query('commit');
    return new Set([...good, ...bad].filter(({ changed }) => changed).map(({ vkey }) => vkey));
  } catch (error) {
    await db.query('rollback').catch(() => undefined);
    throw error;
  }
}

const columns = <T>(rows: readonly T[], ...names: (keyof T)[]) => names.map((name) => rows.map((row) => row[name]));
