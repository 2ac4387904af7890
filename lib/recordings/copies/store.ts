import 'server-only';
import type { StaffDesk } from '@/lib/authz';
import type { Tx } from '@/lib/db';
import type { Piece } from '../pieces';

/** Queries of copies, for staff; their bytes also for whoever holds a view of a share. Row policies decide whose can be seen. */
export interface CopyRow {
  id: string;
  sessionId: string;
  withheld: string;
  withheldLines: number;
  reason: string;
  by: string;
  madeAt: Date;
}

const PIECE_BYTES = 65_536;
/** Pieces in one question or statement. */
const PIECES = 32;

const COLUMNS = `c."id", c."sessionId", c."withheld", c."withheldLines", c."reason", coalesce(u."name", c."madeById") as by, c."madeAt"`;

/** Of one session, the newest first. */
export const copies = ({ tx }: StaffDesk, session: string): Promise<CopyRow[]> =>
  tx.prisma.$queryRawUnsafe<CopyRow[]>(
    `select ${COLUMNS} from "RecordingCopy" c left join "User" u on u."id" = c."madeById" where c."sessionId" = $1 order by c."madeAt" desc`,
    session,
  );

export async function copy({ tx }: StaffDesk, id: string): Promise<CopyRow | null> {
  const [row] = await tx.prisma.$queryRawUnsafe<CopyRow[]>(
    `select ${COLUMNS} from "RecordingCopy" c left join "User" u on u."id" = c."madeById" where c."id" = $1`,
    id,
  );
  return row ?? null;
}

export async function insert(
  { tx, userId }: StaffDesk,
  made: Pick<CopyRow, 'id' | 'sessionId' | 'withheld' | 'withheldLines' | 'reason'>,
  bytes: Uint8Array,
): Promise<void> {
  const { id, sessionId, withheld, withheldLines, reason } = made;
  await tx.prisma.$executeRaw`
    insert into "RecordingCopy" ("id", "sessionId", "withheld", "withheldLines", "bytes", "reason", "madeById")
    values (${id}, ${sessionId}, ${withheld}, ${withheldLines}::int, ${bytes.length}::bigint, ${reason}, ${userId})`;
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    const piece = Uint8Array.from(bytes.subarray(from, from + PIECE_BYTES));
    await tx.prisma
      .$executeRaw`insert into "RecordingCopyPiece" ("copyId", "offset", "bytes") values (${id}, ${from}::bigint, ${piece})`;
  }
}

/** From the first that reaches beyond a byte. */
export async function pieces({ tx }: { tx: Tx }, id: string, from: number): Promise<Piece[]> {
  const rows = await tx.prisma.$queryRaw<{ offset: bigint; bytes: Uint8Array }[]>`
    select "offset", "bytes" from "RecordingCopyPiece"
     where "copyId" = ${id} and "offset" > ${from - PIECE_BYTES}::bigint and "offset" + length("bytes") > ${from}::bigint
     order by "offset" limit ${PIECES}::int`;
  return rows.map(({ offset, bytes }) => ({ offset: Number(offset), bytes }));
}
