import 'server-only';
import type { StaffDesk } from '@/lib/authz';
import type { LockKind } from '../schemas';

/** Queries of locks. */
export interface LockRow {
  id: string;
  kind: LockKind;
  subject: string;
  reason: string;
  setById: string;
  setAt: Date;
  liftedById: string | null;
  liftedAt: Date | null;
}

export const locks = ({ tx }: StaffDesk): Promise<LockRow[]> =>
  tx.prisma.$queryRaw<LockRow[]>`
    select * from "AccessLock" order by "liftedAt" is not null, "setAt" desc limit 200`;

export const find = async ({ tx }: StaffDesk, id: string): Promise<LockRow | null> =>
  (await tx.prisma.accessLock.findUnique({ where: { id } })) as LockRow | null;

export async function insert(
  { tx, userId }: StaffDesk,
  id: string,
  lock: Pick<LockRow, 'kind' | 'subject' | 'reason'>,
): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "AccessLock" ("id", "kind", "subject", "reason", "setById")
    values (${id}, ${lock.kind}, ${lock.subject}, ${lock.reason}, ${userId})`;
}

/** False when it is lifted already. */
export const lift = async ({ tx, userId }: StaffDesk, id: string): Promise<boolean> =>
  (await tx.prisma.$executeRaw`
    update "AccessLock" set "liftedById" = ${userId}, "liftedAt" = clock_timestamp() where "id" = ${id} and "liftedAt" is null`) >
  0;
