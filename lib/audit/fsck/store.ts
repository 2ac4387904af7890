import type pg from 'pg';
import type { Queryable } from '../sequencer/store';

/** All SQL of the check, under the role `cordon_checker`, which only reads. */
export type { Queryable };

/** What is checked: everything below these bounds, taken in one statement. Logs only grow, so no long transaction is needed. */
export interface LogBounds {
  name: string;
  size: number;
  frontier: Buffer;
  signed: number;
  /** One above the highest place; size of the newest checkpoint. */
  places: number;
  newest: number;
}
export interface Position {
  xid: string;
  eventId: string;
}
export interface Bounds {
  logs: LogBounds[];
  cursor: Position;
}

export async function readBounds(db: Queryable): Promise<Bounds> {
  const { rows } = await db.query<{
    name: string | null;
    size: string;
    frontier: Buffer;
    signed: string;
    places: string | null;
    newest: string | null;
    cursor_xid: string;
    cursor_event: string;
  }>(
    `select l."name", l."size", l."frontier", l."signed", c."xid"::text as cursor_xid, c."eventId" as cursor_event,
       case l."name" when 'operator' then (select max(k."operatorIndex") + 1 from "LogCheckpoint" k)
         else (select max(p."index") + 1 from "LogLeaf" p where p."log" = l."name") end as places,
       (select max(k."size") from "LogCheckpoint" k where k."log" = l."name") as newest
     from "LogCursor" c left join "Log" l on true order by l."name" collate "C"`,
  );
  const [first] = rows;
  if (!first) throw new Error('the row of LogCursor is missing');
  return {
    cursor: { xid: first.cursor_xid, eventId: first.cursor_event },
    logs: rows.flatMap(({ name, size, frontier, signed, places, newest }) =>
      name === null
        ? []
        : [
            {
              name,
              size: Number(size),
              frontier,
              signed: Number(signed),
              places: Number(places ?? 0),
              newest: Number(newest ?? 0),
            },
          ],
    ),
  };
}

export interface StoredEvent {
  index: number;
  /** Which event the place says; null in the rest: that event is gone. */
  eventId: string;
  id: string | null;
  organisationId: string | null;
  at: Date;
  actId: string;
  schema: string;
  outcome: string;
  actorKind: string;
  actor: string;
  objectType: string;
  objectId: string;
  projectId: string | null;
  header: Buffer;
  commitments: Record<string, string>;
  seed: Buffer;
  entry: Buffer;
  /** Whether the event went as was agreed; its entry, where that is kept. */
  pruned: boolean;
  prunedEntry: Buffer | null;
}

export async function readEvents(db: Queryable, log: string, from: number, to: number): Promise<StoredEvent[]> {
  const { rows } = await db.query<Omit<StoredEvent, 'index'> & { index: string }>(
    `select l."index", l."eventId", e."id", e."organisationId", e."at", e."actId", e."schema", e."outcome", e."actorKind", e."actor",
       e."objectType", e."objectId", e."projectId", e."header", e."commitments", e."seed", e."entry",
       e."id" is null and (p."entry" is not null or l."index" < g."minimum") as pruned, p."entry" as "prunedEntry"
       from "LogLeaf" l join "Log" g on g."name" = l."log"
       left join "AuditEvent" e on e."xid" = l."xid" and e."id" = l."eventId"
       left join "LogPruned" p on p."log" = l."log" and p."index" = l."index"
      where l."log" = $1 and l."index" >= $2 and l."index" < $3 order by l."index"`,
    [log, from, to],
  );
  return rows.map((row) => ({ ...row, index: Number(row.index) }));
}

/** Notes of checkpoints by their place in the operator's log. */
export async function readNotes(db: Queryable, from: number, to: number): Promise<{ index: number; note: Buffer }[]> {
  const { rows } = await db.query<{ index: string; note: Buffer }>(
    'select "operatorIndex" as index, "note" from "LogCheckpoint" where "operatorIndex" >= $1 and "operatorIndex" < $2',
    [from, to],
  );
  return rows.map(({ index, note }) => ({ index: Number(index), note }));
}

/** Tiles of one level, by their number. */
export async function readLevel(
  db: Queryable,
  log: string,
  level: number,
  from: number,
  to: number,
): Promise<Map<number, Buffer>> {
  const { rows } = await db.query<{ n: string; hashes: Buffer }>(
    'select "n", "hashes" from "LogTile" where "log" = $1 and "level" = $2 and "n" >= $3 and "n" <= $4',
    [log, level, from, to],
  );
  return new Map(rows.map(({ n, hashes }) => [Number(n), hashes]));
}

export interface StoredCheckpoint {
  size: number;
  root: Buffer;
  note: Buffer;
  operatorIndex: number | null;
  /** What the operator's log has at that place; null when it has none. */
  operatorLeaf: Buffer | null;
}

export async function readCheckpoints(
  db: Queryable,
  log: string,
  above: number,
  upTo: number,
  limit: number,
): Promise<StoredCheckpoint[]> {
  const { rows } = await db.query<
    Omit<StoredCheckpoint, 'size' | 'operatorIndex'> & {
      size: string;
      operatorIndex: string | null;
    } & pg.QueryResultRow
  >(
    `select k."size", k."root", k."note", k."operatorIndex", substr(t."hashes", (k."operatorIndex" % 256)::int * 32 + 1, 32) as "operatorLeaf"
       from "LogCheckpoint" k
       left join "LogTile" t on t."log" = 'operator' and t."level" = 0 and t."n" = k."operatorIndex" / 256
      where k."log" = $1 and k."size" > $2 and k."size" <= $3 order by k."size" limit $4`,
    [log, above, upTo, limit],
  );
  return rows.map(({ size, operatorIndex, ...row }) => ({
    ...row,
    size: Number(size),
    operatorIndex: operatorIndex === null ? null : Number(operatorIndex),
  }));
}

export interface PlacesRow extends Position {
  organisationId: string | null;
  places: number;
}

/** In how many places events stand, in the order of (xid, id), up to the cursor; of one log, or of all when it is undefined. */
export async function readPlaces(
  db: Queryable,
  { above, upTo, log, limit }: { above: Position; upTo: Position; log?: string; limit: number },
): Promise<PlacesRow[]> {
  const { rows } = await db.query<[string, string, string | null, string]>({
    text: `select e."xid"::text, e."id", e."organisationId",
         (select count(*) from "LogLeaf" l where l."eventId" = e."id" and l."xid" = e."xid")
       from "AuditEvent" e
      where (e."xid", e."id") > ($1::xid8, $2::uuid) and (e."xid", e."id") <= ($3::xid8, $4::uuid)
        and ($5::text is null or coalesce(e."organisationId", 'provider') = $5)
      order by e."xid", e."id" limit $6`,
    values: [above.xid, above.eventId, upTo.xid, upTo.eventId, log ?? null, limit],
    rowMode: 'array',
  });
  return rows.map(([xid, eventId, organisationId, places]) => ({
    xid,
    eventId,
    organisationId,
    places: Number(places),
  }));
}

export async function newestCheckpoint(db: Queryable, log: string): Promise<{ size: number; note: Buffer } | null> {
  const { rows } = await db.query<{ size: string; note: Buffer }>(
    'select "size", "note" from "LogCheckpoint" where "log" = $1 order by "size" desc limit 1',
    [log],
  );
  return rows[0] ? { size: Number(rows[0].size), note: rows[0].note } : null;
}

/** Any tiles of a log, by `level/n`. */
export async function readTilesOf(
  db: Queryable,
  log: string,
  wanted: readonly { level: number; index: number }[],
): Promise<Map<string, Buffer>> {
  const { rows } = await db.query<{ key: string; hashes: Buffer }>(
    `select t."level" || '/' || t."n" as key, t."hashes"
       from unnest($2::smallint[], $3::bigint[]) as k("level", "n") join "LogTile" t using ("level", "n") where t."log" = $1`,
    [log, wanted.map(({ level }) => level), wanted.map(({ index }) => index)],
  );
  return new Map(rows.map(({ key, hashes }) => [key, hashes]));
}
