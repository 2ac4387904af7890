import 'server-only';
import type { StaffDesk } from '@/lib/authz';
import type { Tx } from '@/lib/db';
import { type Head, headOf } from '@/lib/kernel/recording';
import type { Piece } from './pieces';
import type { HitView, RecordingView, SearchHit } from './schemas';

/** Queries of screen records, for staff. Row policies decide whose can be seen. */
export interface RecordingRow {
  userId: string;
  /** As far as the rows know: the gateway said so, or the grant is over. */
  over: boolean;
  announced: number;
  indexed: RecordingView['indexed'];
}

/** Pieces of at most 64 KiB in one question. */
const PIECES = 32;
const PIECE_BYTES = 65_536;

export async function find({ tx }: StaffDesk, session: string): Promise<RecordingRow | null> {
  const [row] = await tx.prisma.$queryRaw<(Omit<RecordingRow, 'announced'> & { announced: bigint })[]>`
    select s."userId", s."endedAt" is not null or r."state" not in ('scheduled', 'active') as over, coalesce(c."bytes", 0) as announced, c."indexed"
      from "ProductionSession" s join "AccessRequest" r on r."id" = s."requestId" left join "SessionRecording" c on c."sessionId" = s."id"
     where s."id" = ${session}`;
  return row ? { ...row, announced: Number(row.announced) } : null;
}

/** From the first that may reach beyond a byte. */
export async function pieces({ tx }: StaffDesk, session: string, from: number): Promise<Piece[]> {
  const rows = await tx.prisma.$queryRaw<{ offset: bigint; bytes: Uint8Array }[]>`
    select "offset", "bytes" from "RecordingPiece"
     where "sessionId" = ${session} and "offset" > ${from - PIECE_BYTES}::bigint and "offset" + length("bytes") > ${from}::bigint
     order by "offset" limit ${PIECES}::int`;
  return rows.map(({ offset, bytes }) => ({ offset: Number(offset), bytes }));
}

/** Of the audit log, by what each covers. */
export async function heads({ tx }: { tx: Tx }, session: string): Promise<Head[]> {
  const rows = await tx.prisma.$queryRaw<{ lines: bigint; root: string; time: bigint; final: boolean }[]>`
    select * from cordon.recording_heads(${session})`;
  return rows.flatMap(
    ({ lines, time, ...rest }) => headOf({ session, lines: Number(lines), time: Number(time), ...rest }) ?? [],
  );
}

/** In one record, in the order in which they were seen. */
export const hits = ({ tx }: StaffDesk, session: string, query: string, limit: number): Promise<HitView[]> =>
  tx.prisma.$queryRaw<HitView[]>`
    select "sessionId" as session, "second", "text" from "RecordingText"
     where "sessionId" = ${session} and "words" @@ ${query}::tsquery order by "number" limit ${limit}::int`;

/** In all records, of the newest session first. */
export async function search({ tx }: StaffDesk, query: string, limit: number): Promise<SearchHit[]> {
  const rows = await tx.prisma.$queryRaw<(Omit<SearchHit, 'openedAt'> & { openedAt: Date })[]>`
    select t."sessionId" as session, t."second", t."text", s."target", coalesce(u."name", s."userId") as person, s."openedAt"
      from "RecordingText" t join "ProductionSession" s on s."id" = t."sessionId" left join "User" u on u."id" = s."userId"
     where t."words" @@ ${query}::tsquery order by s."openedAt" desc, s."id", t."number" limit ${limit}::int`;
  return rows.map((row) => ({ ...row, openedAt: row.openedAt.toISOString() }));
}

/** Seconds after which somebody who did not ask is taken to have gone; control has the same (lib/control/access/store.ts). */
const GONE_SECONDS = 15;

/** Notes that somebody watches; whether they began to just now. */
export async function watches({ tx, userId }: StaffDesk, session: string): Promise<boolean> {
  const [before] = await tx.prisma.$queryRaw<{ gone: boolean }[]>`
    select "seenAt" < clock_timestamp() - make_interval(secs => ${GONE_SECONDS}::int) as gone
      from "RecordingWatch" where "sessionId" = ${session} and "userId" = ${userId} for update`;
  await tx.prisma.$executeRaw`
    insert into "RecordingWatch" ("sessionId", "userId") values (${session}, ${userId})
    on conflict ("sessionId", "userId") do update set "seenAt" = clock_timestamp()`;
  return before?.gone ?? true;
}
