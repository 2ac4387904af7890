import 'server-only';
import type { StaffDesk } from '@/lib/authz';
import type { DelegationTerms } from '@/lib/kernel/grant';

/** Queries of delegations: copies of what was signed, for showing. */
const LISTED = 100;

export interface DelegationRow {
  id: string;
  role: string;
  byId: string;
  toId: string;
  startsAt: Date;
  endsAt: Date;
  endedAt: Date | null;
  why: string | null;
}

export const delegations = ({ tx }: StaffDesk): Promise<DelegationRow[]> =>
  tx.prisma.delegation.findMany({ orderBy: [{ endsAt: 'desc' }, { id: 'desc' }], take: LISTED });

export const findDelegation = ({ tx }: StaffDesk, id: string): Promise<DelegationRow | null> =>
  tx.prisma.delegation.findUnique({ where: { id } });

export async function insertDelegation(
  { tx, userId }: StaffDesk,
  id: string,
  { role, to, from, until }: DelegationTerms,
): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "Delegation" ("id", "role", "byId", "toId", "startsAt", "endsAt")
    values (${id}, ${role}, ${userId}, ${to}, ${new Date(from * 1000)}, ${new Date(until * 1000)})`;
}

/** False when it was ended before. */
export async function endRow({ tx }: StaffDesk, id: string, at: Date): Promise<boolean> {
  const ended = await tx.prisma.$executeRaw`
    update "Delegation" set "endedAt" = ${at}, "why" = 'returned' where "id" = ${id} and "endedAt" is null`;
  return ended > 0;
}

/** Tells the other of the two. */
export const tellOther = async ({ tx }: StaffDesk, id: string): Promise<void> =>
  void (await tx.prisma.$executeRaw`select cordon.tell_delegation(${id})`);
