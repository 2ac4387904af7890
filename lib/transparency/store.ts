import 'server-only';
import { append } from '@/lib/audit';
import { type StateRow, toState, type WitnessState } from '@/lib/audit/witnesses/state';
import type { Source, Tx } from '@/lib/authz';
import { asStaff, withoutTenant } from '@/lib/db';

/** Everything this capability asks of the database. Row policies decide which log can be read at all. */
export interface CheckpointRow {
  size: number;
  root: Uint8Array;
  /** The signed note. */
  note: Uint8Array;
  at: Date;
}

/** What is stored of one log. */
export interface LogRows {
  /** The newest. */
  checkpoint(): Promise<CheckpointRow | null>;
  /** Hashes of a tile, as many as there are. */
  tile(level: number, n: number): Promise<Uint8Array | null>;
  /** Entries from this index on, as far as there are any. */
  entries(first: number, width: number): Promise<Uint8Array[]>;
  /** Everything before this index is pruned. */
  minimum(): Promise<number>;
}

interface StoredCheckpoint extends Omit<CheckpointRow, 'size'> {
  size: bigint;
}
const numbered = (rows: StoredCheckpoint[]): CheckpointRow | null =>
  rows[0] ? { ...rows[0], size: Number(rows[0].size) } : null;

/** The operator's, which anybody may read. */
export const operatorRows = (tx: Tx): LogRows => ({
  checkpoint: async () =>
    numbered(await tx.prisma.$queryRaw<StoredCheckpoint[]>`select * from cordon.operator_checkpoint()`),
  tile: async (level, n) =>
    (
      await tx.prisma.$queryRaw<
        { hashes: Uint8Array | null }[]
      >`select cordon.operator_tile(${level}::smallint, ${n}::bigint) as hashes`
    )[0]?.hashes ?? null,
  entries: async (first, width) =>
    (
      await tx.prisma.$queryRaw<
        { entry: Uint8Array }[]
      >`select entry from cordon.operator_entries(${first}::bigint, ${width}::int) entry`
    ).map(({ entry }) => entry),
  // What was signed of others is never pruned.
  minimum: async () => 0,
});

/** An organisation's, or the provider's. */
export const eventRows = (tx: Tx, log: string): LogRows => ({
  checkpoint: async () =>
    numbered(
      await tx.prisma.$queryRaw<StoredCheckpoint[]>`
        select "size", "root", "note", "at" from "LogCheckpoint" where "log" = ${log} order by "size" desc limit 1`,
    ),
  tile: async (level, n) =>
    (
      await tx.prisma.$queryRaw<{ hashes: Uint8Array }[]>`
        select "hashes" from "LogTile" where "log" = ${log} and "level" = ${level}::smallint and "n" = ${n}::bigint`
    )[0]?.hashes ?? null,
  entries: async (first, width) =>
    (
      await tx.prisma.$queryRaw<{ entry: Uint8Array }[]>`
        select coalesce(e."entry", p."entry") as entry from "LogLeaf" l
          left join "AuditEvent" e on e."xid" = l."xid" and e."id" = l."eventId"
          left join "LogPruned" p on p."log" = l."log" and p."index" = l."index"
         where l."log" = ${log} and l."index" >= ${first}::bigint and l."index" < ${first}::bigint + ${width}::int
           and coalesce(e."entry", p."entry") is not null
         order by l."index"`
    ).map(({ entry }) => entry),
  minimum: async () => (await pruned(tx, log)).minimum,
});

/** Hashes of these tiles, by `level/n`. */
export async function tiles(
  tx: Tx,
  log: string,
  wanted: readonly { level: number; index: number }[],
): Promise<Map<string, Uint8Array>> {
  const rows = await tx.prisma.$queryRaw<{ key: string; hashes: Uint8Array }[]>`
    select t."level" || '/' || t."n" as key, t."hashes"
      from unnest(${wanted.map(({ level }) => level)}::smallint[], ${wanted.map(({ index }) => index)}::bigint[]) as k("level", "n")
      join "LogTile" t using ("level", "n") where t."log" = ${log}`;
  return new Map(rows.map(({ key, hashes }) => [key, hashes]));
}

/** Entries of a log, also those that no checkpoint covers yet. */
export async function size(tx: Tx, log: string): Promise<number> {
  const [row] = await tx.prisma.$queryRaw<{ size: bigint }[]>`select "size" from "Log" where "name" = ${log}`;
  return Number(row?.size ?? 0);
}

/** How far the operator's log is witnessed. */
export async function witnessState(tx: Tx): Promise<WitnessState> {
  const [row] = await tx.prisma.$queryRaw<StateRow[]>`select * from cordon.witness_state()`;
  return toState(row);
}

export interface WitnessRow {
  name: string;
  vkey: string;
  state: 'new' | 'cosigning' | 'failing' | 'diverged';
  code: string | null;
  since: Date;
  size: bigint;
  cosignedAt: Date | null;
}

/** Those who are asked. */
export const witnesses = (tx: Tx): Promise<WitnessRow[]> =>
  tx.prisma.$queryRaw<WitnessRow[]>`select * from cordon.operator_witnesses()`;

/** What checks found last: of this reader's log, and for staff of all that fail. */
export const checks = (tx: Tx, log: string) =>
  tx.prisma.logCheck.findMany({
    where: { OR: [{ state: 'failed' }, { kind: 'full', log }], kind: { not: 'review' } },
    orderBy: [{ log: 'asc' }, { kind: 'asc' }],
    take: 1000,
  });

/** Places that are pruned: all before `minimum`, and so many after it. */
export async function pruned(tx: Tx, log: string): Promise<{ minimum: number; later: number }> {
  const [row] = await tx.prisma.$queryRaw<{ minimum: bigint; later: bigint }[]>`
    select g."minimum", (select count(*) from "LogPruned" p where p."log" = g."name" and p."index" >= g."minimum") as later
      from "Log" g where g."name" = ${log}`;
  return { minimum: Number(row?.minimum ?? 0), later: Number(row?.later ?? 0) };
}

/** Whether the log has a place for this event and the event was pruned there. */
export async function isPruned(tx: Tx, log: string, id: string): Promise<boolean> {
  const rows = await tx.prisma.$queryRaw<unknown[]>`
    select 1 from "LogLeaf" l join "Log" g on g."name" = l."log"
     where l."eventId" = ${id}::uuid and l."log" = ${log} and (l."index" < g."minimum"
       or exists (select 1 from "LogPruned" p where p."log" = l."log" and p."index" = l."index"))`;
  return rows.length > 0;
}

export interface PlaceRow {
  eventId: string;
  index: bigint;
  /** Whether the event's entry is what the log has there, and no other event of the log has taken its id. */
  fits: boolean | null;
  /** Of the first checkpoint that covers it. */
  size: bigint | null;
  signedAt: Date | null;
  /** Of the first checkpoint of the operator's log that holds that one and has a quorum. */
  witnessedAt: Date | null;
  writtenAt: Date;
}

/** Places of these events in their log; none for those that have none yet. */
export const places = (tx: Tx, log: string, eventIds: readonly string[]): Promise<PlaceRow[]> =>
  tx.prisma.$queryRaw<PlaceRow[]>`
    select l."eventId", l."index", e."at" as "writtenAt", k."size", k."at" as "signedAt", o."at" as "witnessedAt",
      sha256('\\x00'::bytea || e."entry") = substr(t."hashes", (l."index" % 256)::int * 32 + 1, 32)
        and not exists (select 1 from "AuditEvent" d
          where d."id" = e."id" and d."xid" <> e."xid" and d."organisationId" is not distinct from e."organisationId") as fits
      from "LogLeaf" l
      join "AuditEvent" e on e."xid" = l."xid" and e."id" = l."eventId"
      left join "LogTile" t on t."log" = l."log" and t."level" = 0 and t."n" = l."index" / 256
      left join lateral (select c."size", c."at", c."operatorIndex" from "LogCheckpoint" c
        where c."log" = l."log" and c."size" > l."index" order by c."size" limit 1) k on true
      left join lateral cordon.operator_witnessed(k."operatorIndex") o on true
     where l."eventId" = any(${[...eventIds]}::uuid[]) and l."log" = ${log}
     order by l."index" desc`;

export interface EventRow {
  id: string;
  header: Uint8Array;
  commitments: Record<string, string>;
  seed: Uint8Array;
  entry: Uint8Array;
  /** Null while it has no place. */
  index: bigint | null;
  /** Base64; those that this reader may see. */
  sealed: string[];
}

/** One event with what it commits to, and its place. */
export async function event(tx: Tx, log: string, id: string): Promise<EventRow | null> {
  const organisationId = log === 'provider' ? null : log;
  const [row] = await tx.prisma.$queryRaw<EventRow[]>`
    select e."id", e."header", e."commitments", e."seed", e."entry", l."index", coalesce((
      select jsonb_agg(encode(v."sealed", 'base64')) from "AuditValue" v
      where v."eventId" = e."id" and v."organisationId" is not distinct from e."organisationId"), '[]') as sealed
    from "AuditEvent" e left join "LogLeaf" l on l."eventId" = e."id" and l."xid" = e."xid" and l."log" = ${log}
    where e."id" = ${id}::uuid and e."organisationId" is not distinct from ${organisationId} order by e."xid" limit 1`;
  return row ?? null;
}

/** Events of a log with their places, as `event`; those that have none yet, or that this reader does not see, are left out. */
export const placedEvents = (tx: Tx, log: string, ids: readonly string[]): Promise<(EventRow & { index: bigint })[]> =>
  tx.prisma.$queryRaw<(EventRow & { index: bigint })[]>`
    select e."id", e."header", e."commitments", e."seed", e."entry", l."index", coalesce((
      select jsonb_agg(encode(v."sealed", 'base64')) from "AuditValue" v
      where v."eventId" = e."id" and v."organisationId" is not distinct from e."organisationId"), '[]') as sealed
    from "LogLeaf" l join "AuditEvent" e on e."xid" = l."xid" and e."id" = l."eventId"
    where l."eventId" = any(${[...ids]}::uuid[]) and l."log" = ${log} order by l."index"`;

/** What is recorded of the export of one event's proof. */
export const exported = (id: string) => ({
  object: { type: 'audit-event', id },
  fields: { filters: ['event'], count: 1, format: 'tlog-proof' },
});

/** As staff, whose exports stand in the provider's log. */
export const recordExport = (tx: Tx, staffId: string, id: string, source: Source | undefined): Promise<string> =>
  append(tx, {
    schema: 'audit.exported@1',
    outcome: 'success',
    actor: { kind: 'staff', id: staffId, ...source },
    organisationId: null,
    ...exported(id),
  });

/** What is recorded when records of a log are read. */
export const opened = (log: string) => ({
  object: { type: 'audit-log', id: log },
  fields: { filters: ['openings'] },
});

export const recordOpened = (tx: Tx, staffId: string, source: Source | undefined): Promise<string> =>
  append(tx, {
    schema: 'audit.read@1',
    outcome: 'success',
    actor: { kind: 'staff', id: staffId, ...source },
    organisationId: null,
    ...opened('provider'),
  });

export { asStaff, withoutTenant };
