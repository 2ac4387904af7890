import 'server-only';
import type { StaffDesk } from '@/lib/authz';

/** Queries of sessions on production. */
export interface SessionRow {
  id: string;
  requestId: string;
  userId: string;
  target: string;
  through: string;
  openedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  why: string | null;
}

export const ofRequest = ({ tx }: StaffDesk, requestId: string): Promise<SessionRow[]> =>
  tx.prisma.productionSession.findMany({ where: { requestId }, orderBy: { openedAt: 'desc' }, take: 200 });

export const newest = ({ tx }: StaffDesk, limit: number): Promise<SessionRow[]> =>
  tx.prisma.productionSession.findMany({ orderBy: [{ openedAt: 'desc' }, { id: 'desc' }], take: limit });

export const one = ({ tx }: StaffDesk, id: string): Promise<SessionRow[]> =>
  tx.prisma.productionSession.findMany({ where: { id } });

/** How many each request has. */
export async function countOf({ tx }: StaffDesk, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.prisma.productionSession.groupBy({
    by: ['requestId'],
    where: { requestId: { in: [...ids] } },
    _count: true,
  });
  return new Map(rows.map(({ requestId, _count }) => [requestId, _count]));
}

export async function insert(
  { tx, userId }: StaffDesk,
  { id, requestId, target, through }: Pick<SessionRow, 'id' | 'requestId' | 'target' | 'through'>,
): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "ProductionSession" ("id", "requestId", "userId", "target", "through")
    values (${id}, ${requestId}, ${userId}, ${target}, ${through})`;
}
