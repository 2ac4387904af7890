import 'server-only';
import type { StaffDesk } from '@/lib/authz';

/** Queries of sessions on production. */
export interface SessionRow {
  id: string;
  requestId: string;
  userId: string;
  target: string;
  through: string;
  channel: string | null;
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
  { id, requestId, target, through, channel }: Pick<SessionRow, 'id' | 'requestId' | 'target' | 'through' | 'channel'>,
): Promise<void> {
  await tx.prisma.$executeRaw`
    insert into "ProductionSession" ("id", "requestId", "userId", "target", "through", "channel")
    values (${id}, ${requestId}, ${userId}, ${target}, ${through}, ${channel})`;
}

export interface ObservedProject {
  certificate: { certificateId: string; projectId: string; appId: string; sealed: string };
  /** Regions, the preferred one first. */
  fence: string[];
}

/** The project that one's own session is for, with a certificate as the keyring sealed it; null where there is none to make a token with. */
export async function observedProject({ tx }: StaffDesk, session: string): Promise<ObservedProject | null> {
  const [row] = await tx.prisma.$queryRaw<
    { project_id: string; app_id: string; fence: string[]; certificate_id: string; sealed: string }[]
  >`select * from cordon.observed_project(${session})`;
  if (!row) return null;
  const { project_id: projectId, app_id: appId, certificate_id: certificateId, sealed, fence } = row;
  return { certificate: { certificateId, projectId, appId, sealed }, fence };
}

/** Edges that serve in these regions. */
export const servingEdges = ({ tx }: StaffDesk, regions: readonly string[]) =>
  tx.prisma.edge.findMany({
    where: { region: { in: [...regions] }, bannedAt: null, drainingAt: null, url: { not: '' } },
    select: { name: true, region: true, url: true },
    orderBy: { name: 'asc' },
    take: 100,
  });

/** Tells the edges of the session. Nothing slow may follow in this transaction: it takes the lock of the policy's head. */
export async function observe({ tx }: StaffDesk, session: string): Promise<void> {
  await tx.prisma.$queryRaw`select cordon.observe(${session})`;
}
