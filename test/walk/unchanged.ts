import type { WalkWorld } from './world';

/** Written by refusing, and by seeing somebody: no change of anything that matters. */
const APART = [
  'AuditEvent',
  'AuditValue',
  'RefusalCount',
  'LogCheck',
  'Throttle',
  'SignInAttempt',
  '_prisma_migrations',
];
const SEEN = ['lastSeenAt', 'lastUsedAt', 'longestPauseSeconds'];

/** The tables whose rows are looked at. */
const TABLES = `select tablename as name from pg_tables where schemaname = 'public' and tablename <> all($1) order by 1`;

/**
 * From now on the database counts the statements that write to those tables, whoever makes them, once they are committed: where none was, no
 * digest has to be made to know that no row differs.
 */
export async function countWrites({ sql }: Pick<WalkWorld, 'sql'>): Promise<void> {
  await sql(`
    create schema walk;
    create table walk.written ();
    create function walk.write() returns trigger language plpgsql security definer set search_path = '' as
      $$ begin insert into walk.written default values; return null; end $$`);
  for (const { name } of await sql<{ name: string }>(TABLES, [APART]))
    await sql(`
      create trigger walk_write after insert or update or delete or truncate on "${name}" for each statement execute function walk.write();
      alter table "${name}" enable always trigger walk_write`);
}

/** How many such statements there were, and how many events say that something was done; refusals are not counted. */
export async function writes({ sql }: Pick<WalkWorld, 'sql'>): Promise<{ written: string; done: string }> {
  const [counts] = await sql<{ written: string; done: string }>(
    `select (select count(*) from walk.written) as written, (select count(*) from "AuditEvent" where "outcome" = 'success') as done`,
  );
  return counts!;
}

/** A digest of every row of every table, by table. */
export async function everyRow({ sql }: Pick<WalkWorld, 'sql'>): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }>(TABLES, [APART]);
  const digests = tables.map(
    ({ name }) =>
      `select '${name}' as name, count(*) || ' ' || coalesce(md5(string_agg(row, '' order by row)), '') as digest
       from (select md5((to_jsonb(t) - '{${SEEN.join(',')}}'::text[])::text) as row from "${name}" t) rows`,
  );
  const rows = await sql<{ name: string; digest: string }>(digests.join(' union all '));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

/** Tables that differ. */
export const changed = (before: Record<string, string>, after: Record<string, string>): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => before[name] !== after[name]);

export interface Recorded {
  schema: string;
  actId: string;
}

/** What `work` gives, and the events that were recorded meanwhile. */
export async function recorded<R>({ sql }: Pick<WalkWorld, 'sql'>, work: () => Promise<R>): Promise<[R, Recorded[]]> {
  const [mark] = await sql<{ xid: string }>('select pg_current_xact_id()::text as xid');
  const result = await work();
  const events = await sql<Recorded & Record<string, unknown>>(
    'select "schema", "actId" from "AuditEvent" where "xid" > $1::xid8 order by "xid", "id"',
    [mark!.xid],
  );
  return [result, events];
}
