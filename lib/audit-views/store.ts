import 'server-only';
import type { Tx } from '@/lib/db';

/** Everything this capability asks of the database. Row policies show one's own views and shared ones. */
export interface ViewRow {
  id: string;
  ownerId: string;
  name: string;
  filter: unknown;
  shared: boolean;
}

export const all = (tx: Tx): Promise<ViewRow[]> =>
  tx.prisma.auditView.findMany({
    select: { id: true, ownerId: true, name: true, filter: true, shared: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: 200,
  });

export const countOwn = (tx: Tx, ownerId: string): Promise<number> => tx.prisma.auditView.count({ where: { ownerId } });

export async function insert(tx: Tx, row: ViewRow & { organisationId: string; filter: object }): Promise<void> {
  await tx.prisma.auditView.create({ data: { ...row, filter: row.filter }, select: { id: true } });
}

/** The view that went; null when this person may not take it away. */
export async function remove(tx: Tx, id: string): Promise<ViewRow | null> {
  const rows = await tx.prisma.$queryRaw<ViewRow[]>`
    delete from "AuditView" where "id" = ${id} returning "id", "ownerId", "name", "filter", "shared"`;
  return rows[0] ?? null;
}
