import pg from 'pg';
import { errors } from './errors';
import type { Growth, LogHead, TilePiece } from './growth';

/** All SQL of the sequencer, under its own role. Log names, numbers and identifiers need no quoting inside an array's text. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/** The last event that has its place. Events are in the order of (xid, id); `xid` is a number of 64 bits, as text. */
export interface Cursor {
  xid: string;
  eventId: string;
}

export interface EventRow {
  xid: string;
  id: string;
  organisationId: string | null;
  entry: Buffer;
}

export const openClient = (connectionString: string): pg.Client =>
  new pg.Client({
    connectionString,
    application_name: 'cordon-sequencer',
    connectionTimeoutMillis: 10_000,
    // What is signed must never be lost by the database: whatever its default, a commit is on disk before a checkpoint is asked for.
    // The table only grows at its end, where statistics are always behind: what comes next is read by the index, in its order.
    options:
      '-c TimeZone=UTC -c statement_timeout=20000 -c idle_in_transaction_session_timeout=20000 -c synchronous_commit=on -c enable_seqscan=off -c enable_bitmapscan=off -c jit=off',
  });

/** Runs `fn` between BEGIN and COMMIT, with the cursor's row locked. Throws `sequencer.superseded` when the cursor is not where we left it. */
export async function withCursor<R>(db: Queryable, cursor: Cursor, fn: () => Promise<R>): Promise<R> {
  await db.query('begin');
  try {
    const { rowCount } = await db.query(
      'select 1 from "LogCursor" where "xid" = $1::xid8 and "eventId" = $2::uuid for update',
      [cursor.xid, cursor.eventId],
    );
    if (rowCount !== 1) throw errors('sequencer.superseded');
    const result = await fn();
    await db.query('commit');
    return result;
  } catch (error) {
    // A broken connection has rolled back by itself.
    await db.query('rollback').catch(() => undefined);
    throw error;
  }
}

// ---- where we are

export interface Position extends Cursor {
  /** Identifier of the database server the cursor counts in; null before its first use. */
  system: string | null;
  here: string;
  /** Whether the cursor is at a transaction that this server has not begun. */
  ahead: boolean;
}

export async function readPosition(db: Queryable): Promise<Position> {
  const { rows } = await db.query<Position>(
    `select c."system"::text as system, c."xid"::text as "xid", c."eventId" as "eventId", s.system_identifier::text as here,
       c."xid" >= pg_snapshot_xmax(pg_current_snapshot()) as ahead
     from "LogCursor" c, pg_control_system() s`,
  );
  if (!rows[0]) throw new Error('the row of LogCursor is missing');
  return rows[0];
}

export async function settle(db: Queryable, system: string): Promise<void> {
  await db.query('update "LogCursor" set "system" = $1::bigint where "system" is null', [system]);
}

export async function moveCursor(db: Queryable, { xid, eventId }: Cursor): Promise<void> {
  await db.query('update "LogCursor" set "xid" = $1::xid8, "eventId" = $2::uuid', [xid, eventId]);
}

// ---- events

/**
 * The next events whose place is certain: every transaction below the horizon has ended, so none can appear before them any more. The output
 * column must not be called xid: ORDER BY would then take it, and sort as text.
 */
export const BATCH = `
  select e."xid"::text as at_xid, e."id", e."organisationId", e."entry" from "AuditEvent" e
   where (e."xid", e."id") > ($1::xid8, $2::uuid) and e."xid" < pg_snapshot_xmin(pg_current_snapshot())
   order by e."xid", e."id" limit $3`;

export async function readBatch(db: Queryable, { xid, eventId }: Cursor, limit: number): Promise<EventRow[]> {
  const { rows } = await db.query<[string, string, string | null, Buffer]>({
    text: BATCH,
    values: [xid, eventId, limit],
    rowMode: 'array',
  });
  return rows.map(([atXid, id, organisationId, entry]) => ({ xid: atXid, id, organisationId, entry }));
}

// ---- logs

export async function readHeads(db: Queryable, names: readonly string[]): Promise<LogHead[]> {
  const { rows } = await db.query<{ name: string; size: string; frontier: Buffer }>(
    'select "name", "size", "frontier" from "Log" where "name" = any($1::text[])',
    [list(names)],
  );
  return rows.map(({ name, size, frontier }) => ({ name, size: Number(size), frontier }));
}

export interface Leaf {
  log: string;
  index: number;
  event: Pick<EventRow, 'xid' | 'id'>;
}

export async function insertLeaves(db: Queryable, leaves: readonly Leaf[]): Promise<void> {
  await db.query(
    'insert into "LogLeaf" ("log", "index", "xid", "eventId") select * from unnest($1::text[], $2::bigint[], $3::xid8[], $4::uuid[])',
    [
      list(leaves.map(({ log }) => log)),
      list(leaves.map(({ index }) => index)),
      list(leaves.map(({ event }) => event.xid)),
      list(leaves.map(({ event }) => event.id)),
    ],
  );
}

/** Writes what logs have grown by. Each row must be as it was when the growth began. */
export async function writeGrowth(db: Queryable, growths: readonly Growth[]): Promise<void> {
  const tiles = growths.flatMap(({ name, pieces }) => pieces.map((piece) => ({ name, ...piece })));
  const begun = tiles.filter(({ start }) => start === 0);
  const continued = tiles.filter(({ start }) => start > 0);
  if (begun.length > 0) {
    await db.query(
      `insert into "LogTile" ("log", "level", "n", "width", "hashes")
       select "log", "level", "n", octet_length("hashes") / 32, "hashes"
         from unnest($1::text[], $2::smallint[], $3::bigint[], $4::bytea[]) as t("log", "level", "n", "hashes")`,
      columns(begun),
    );
  }
  if (continued.length > 0) {
    const { rowCount } = await db.query(
      `update "LogTile" t set "width" = t."width" + octet_length(p."hashes") / 32, "hashes" = t."hashes" || p."hashes"
         from unnest($1::text[], $2::smallint[], $3::bigint[], $4::bytea[], $5::smallint[]) as p("log", "level", "n", "hashes", "start")
        where t."log" = p."log" and t."level" = p."level" and t."n" = p."n" and t."width" = p."start"`,
      [...columns(continued), list(continued.map(({ start }) => start))],
    );
    mustBe(rowCount, continued.length);
  }
  const made = growths.filter(({ from }) => from === 0);
  const grown = growths.filter(({ from }) => from > 0);
  if (made.length > 0) {
    await db.query(
      'insert into "Log" ("name", "size", "frontier") select * from unnest($1::text[], $2::bigint[], $3::bytea[])',
      heads(made),
    );
  }
  if (grown.length > 0) {
    const { rowCount } = await db.query(
      `update "Log" l set "size" = g."size", "frontier" = g."frontier"
         from unnest($1::text[], $2::bigint[], $3::bytea[], $4::bigint[]) as g("name", "size", "frontier", "was")
        where l."name" = g."name" and l."size" = g."was"`,
      [...heads(grown), list(grown.map(({ from }) => from))],
    );
    mustBe(rowCount, grown.length);
  }
}

const columns = (tiles: readonly (TilePiece & { name: string })[]) => [
  list(tiles.map(({ name }) => name)),
  list(tiles.map(({ level }) => level)),
  list(tiles.map(({ n }) => n)),
  tiles.map(({ hashes }) => Buffer.concat(hashes)),
];

const heads = (growths: readonly Growth[]) => [
  list(growths.map(({ name }) => name)),
  list(growths.map(({ size }) => size)),
  growths.map(({ frontier }) => frontier),
];

// ---- checkpoints

export interface UnsignedLog extends LogHead {
  signed: number;
}

export async function readUnsigned(db: Queryable, after: string, limit: number): Promise<UnsignedLog[]> {
  const { rows } = await db.query<{ name: string; size: string; frontier: Buffer; signed: string }>(
    `select "name", "size", "frontier", "signed" from "Log"
      where "signed" < "size" and "name" > $1 and "name" <> 'operator' order by "name" limit $2`,
    [after, limit],
  );
  return rows.map(toUnsigned);
}

/** The named ones among the logs whose newest checkpoint does not cover them. */
export async function readStillUnsigned(db: Queryable, names: readonly string[]): Promise<UnsignedLog[]> {
  const { rows } = await db.query<{ name: string; size: string; frontier: Buffer; signed: string }>(
    'select "name", "size", "frontier", "signed" from "Log" where "signed" < "size" and "name" = any($1::text[])',
    [list(names)],
  );
  return rows.map(toUnsigned);
}

const toUnsigned = (row: { name: string; size: string; frontier: Buffer; signed: string }): UnsignedLog => ({
  name: row.name,
  size: Number(row.size),
  frontier: row.frontier,
  signed: Number(row.signed),
});

export interface TileKey {
  log: string;
  level: number;
  index: number;
}

/** Bytes of stored tiles, by `log/level/n`. */
export async function readTiles(db: Queryable, tiles: readonly TileKey[]): Promise<Map<string, Buffer>> {
  const { rows } = await db.query<{ key: string; hashes: Buffer }>(
    `select t."log" || '/' || t."level" || '/' || t."n" as key, t."hashes"
       from unnest($1::text[], $2::smallint[], $3::bigint[]) as k("log", "level", "n") join "LogTile" t using ("log", "level", "n")`,
    [list(tiles.map(({ log }) => log)), list(tiles.map(({ level }) => level)), list(tiles.map(({ index }) => index))],
  );
  return new Map(rows.map(({ key, hashes }) => [key, hashes]));
}

export interface SignedCheckpoint {
  log: string;
  size: number;
  root: Uint8Array;
  note: Buffer;
  operatorIndex: number | null;
}

export async function insertCheckpoints(db: Queryable, checkpoints: readonly SignedCheckpoint[]): Promise<void> {
  const logs = list(checkpoints.map(({ log }) => log));
  const sizes = list(checkpoints.map(({ size }) => size));
  await db.query(
    `insert into "LogCheckpoint" ("log", "size", "root", "note", "operatorIndex")
     select * from unnest($1::text[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bigint[])`,
    [
      logs,
      sizes,
      checkpoints.map(({ root }) => Buffer.from(root)),
      checkpoints.map(({ note }) => note),
      list(checkpoints.map(({ operatorIndex }) => operatorIndex ?? 'null')),
    ],
  );
  await db.query(
    `update "Log" l set "signed" = k."size" from unnest($1::text[], $2::bigint[]) as k("name", "size") where l."name" = k."name"`,
    [logs, sizes],
  );
}

/** The text of an array whose elements need no quoting. */
const list = (elements: readonly (string | number)[]): string => `{${elements.join(',')}}`;

function mustBe(rows: number | null, wanted: number): void {
  if (rows !== wanted) throw errors('sequencer.superseded');
}
