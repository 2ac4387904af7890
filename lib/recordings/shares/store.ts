import 'server-only';
import type { StaffDesk } from '@/lib/authz';
import { type Tx, withoutTenant } from '@/lib/db';

/** Queries of shares: for staff under row policies; for whoever has a link by the functions of the database, which prove the secret. */
export interface ShareRow {
  id: string;
  copyId: string;
  recipient: string;
  expiresAt: Date;
  mostViews: number;
  views: number;
  viewedAt: Date | null;
  by: string;
  over: boolean;
  revoked: boolean;
}

export const ofCopies = ({ tx }: StaffDesk, copies: readonly string[]): Promise<ShareRow[]> =>
  tx.prisma.$queryRaw<ShareRow[]>`
    select r."id", r."copyId", r."recipient", r."expiresAt", r."mostViews", r."views", r."viewedAt", coalesce(u."name", r."sharedById") as by,
           r."expiresAt" <= clock_timestamp() as over, r."revokedAt" is not null as revoked
      from "RecordingShare" r left join "User" u on u."id" = r."sharedById"
     where r."copyId" = any (${copies}) order by r."sharedAt" desc`;

export interface NewShare {
  id: string;
  copyId: string;
  recipient: string;
  secretHash: Uint8Array<ArrayBuffer>;
  expiresAt: Date;
  mostViews: number;
}

export async function insert(
  { tx, userId }: StaffDesk,
  { id, copyId, recipient, secretHash, expiresAt, mostViews }: NewShare,
): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "RecordingShare" ("id", "copyId", "recipient", "secretHash", "expiresAt", "mostViews", "sharedById")
    values (${id}, ${copyId}, ${recipient}, ${secretHash}, ${expiresAt}, ${mostViews}::int, ${userId})`;
}

/** The session whose record is shared; null when there is no such share, or it is revoked already. */
export async function revoke({ tx, userId }: StaffDesk, id: string): Promise<string | null> {
  const [row] = await tx.prisma.$queryRaw<{ sessionId: string }[]>`
    update "RecordingShare" r set "revokedAt" = clock_timestamp(), "revokedById" = ${userId} from "RecordingCopy" c
     where r."id" = ${id} and r."revokedAt" is null and c."id" = r."copyId" returning c."sessionId"`;
  return row?.sessionId ?? null;
}

/** What a view shows. */
export interface SharedRow {
  shareId: string;
  copyId: string;
  session: string;
  target: string;
  startedAt: Date | null;
  recipient: string;
  view: number;
  openedAt: Date;
  endsAt: Date;
  expiresAt: Date;
  viewsLeft: number;
}

interface FoundShare {
  share_id: string;
  copy_id: string;
  session_id: string;
  target: string;
  started_at: Date | null;
  recipient: string;
  view_number: number;
  opened_at: Date;
  ends_at: Date;
  expires_at: Date;
  views_left: number;
}

const rowOf = (row: FoundShare): SharedRow => ({
  ...{ shareId: row.share_id, copyId: row.copy_id, session: row.session_id, target: row.target },
  ...{ startedAt: row.started_at, recipient: row.recipient, view: row.view_number, openedAt: row.opened_at },
  ...{ endsAt: row.ends_at, expiresAt: row.expires_at, viewsLeft: row.views_left },
});

/** One transaction that opens a link. It reads that copy and nothing else from then on. Throws `share.invalid`. */
export const open = <R>(
  linkSecret: string,
  viewHash: Uint8Array<ArrayBuffer>,
  work: (tx: Tx, row: SharedRow) => Promise<R>,
): Promise<R> =>
  withoutTenant(async (tx) => {
    const [row] = await tx.prisma.$queryRaw<FoundShare[]>`select * from cordon.open_share(${linkSecret}, ${viewHash})`;
    return work(tx, rowOf(row!));
  });

/** One transaction of whoever holds a view. Throws `share.invalid`. */
export const enter = <R>(viewSecret: string, work: (tx: Tx, row: SharedRow) => Promise<R>): Promise<R> =>
  withoutTenant(async (tx) => {
    const [row] = await tx.prisma.$queryRaw<FoundShare[]>`select * from cordon.enter_share(${viewSecret})`;
    return work(tx, rowOf(row!));
  });
