import 'server-only';
import type { Tx } from '@/lib/db';
import { isRegion } from '@/lib/kernel/region';
import type { CertificateView, ProjectView } from './schemas';

/** All queries of lib/projects. Row policies show only the entered organisation's rows. */
type ProjectRow = NonNullable<Awaited<ReturnType<Tx['prisma']['project']['findUnique']>>>;
type CertificateRow = NonNullable<Awaited<ReturnType<Tx['prisma']['certificate']['findUnique']>>>;

export const toProject = (row: ProjectRow): ProjectView => ({
  id: row.id,
  name: row.name,
  appId: row.appId,
  environment: row.environment,
  status: row.status,
  mode: row.mode === 'app_id' ? 'app-id' : 'token',
  tokenPolicy: {
    maxLifetimeSeconds: row.maxLifetimeSeconds,
    wildcardChannel: row.wildcardChannel,
    wildcardUser: row.wildcardUser,
    legacy006: row.legacy006,
    clockSkewSeconds: row.clockSkewSeconds,
    stalenessSeconds: row.stalenessSeconds,
  },
  fence: { regions: row.fence.filter(isRegion), version: row.fenceVersion },
  createdAt: row.createdAt.toISOString(),
});

export const toCertificate = (row: CertificateRow): CertificateView => ({
  id: row.id,
  slot: row.slot,
  status: row.status,
  fingerprint: row.fingerprint,
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  endedAt: row.endedAt?.toISOString() ?? null,
});

export async function listProjects(tx: Tx, take: number, before: string | null): Promise<ProjectView[]> {
  const rows = await tx.prisma.project.findMany({
    where: before ? { id: { lt: before } } : {},
    orderBy: { id: 'desc' },
    take,
  });
  return rows.map(toProject);
}

export interface NewProject {
  id: string;
  organisationId: string;
  name: string;
  appId: string;
  environment: ProjectView['environment'];
  fence: string[];
}

export async function insertProject(tx: Tx, project: NewProject): Promise<ProjectView> {
  return toProject(await tx.prisma.project.create({ data: project }));
}

export interface ProjectChange {
  name?: string;
  environment?: ProjectView['environment'];
  status?: ProjectView['status'];
  mode?: ProjectView['mode'];
  tokenPolicy?: ProjectView['tokenPolicy'];
}

export async function updateProject(
  tx: Tx,
  id: string,
  { mode, tokenPolicy, ...change }: ProjectChange,
): Promise<void> {
  await tx.prisma.project.update({
    where: { id },
    data: { ...change, ...tokenPolicy, ...(mode ? { mode: mode === 'app-id' ? 'app_id' : 'token' } : {}) },
  });
}

/** Newest first; deleted ones stay as history. */
export async function listCertificates(tx: Tx, projectId: string): Promise<CertificateView[]> {
  const rows = await tx.prisma.certificate.findMany({ where: { projectId }, orderBy: { id: 'desc' }, take: 200 });
  return rows.map(toCertificate);
}

/** The ones that take a place: enabled or disabled. */
export const heldCertificates = (
  tx: Tx,
  projectId: string,
): Promise<Pick<CertificateView, 'id' | 'slot' | 'status'>[]> =>
  tx.prisma.certificate.findMany({
    where: { projectId, status: { not: 'deleted' } },
    select: { id: true, slot: true, status: true },
  });

/** With the sealed value, which only the keyring can open. */
export const findCertificate = (tx: Tx, projectId: string, id: string) =>
  tx.prisma.certificate.findFirst({ where: { id, projectId } });

export interface NewCertificate {
  id: string;
  organisationId: string;
  projectId: string;
  slot: CertificateView['slot'];
  sealed: string;
  fingerprint: string;
}

export async function insertCertificate(tx: Tx, certificate: NewCertificate): Promise<CertificateView> {
  return toCertificate(await tx.prisma.certificate.create({ data: certificate }));
}

export async function setCertificateStatus(
  tx: Tx,
  id: string,
  status: CertificateView['status'],
  endedAt: Date | null,
): Promise<void> {
  await tx.prisma.certificate.update({ where: { id }, data: { status, ...(endedAt ? { endedAt } : {}) } });
}

/** Last admitted join per certificate since a time, from the decision log. */
export async function lastUses(
  tx: Tx,
  projectId: string,
  certificateIds: string[],
  since: Date,
): Promise<Map<string, { at: Date; joins: number }>> {
  const rows = await tx.prisma.decision.groupBy({
    by: ['certificateId'],
    where: { projectId, certificateId: { in: certificateIds }, verdict: 'allow', at: { gte: since } },
    _max: { at: true },
    _count: { _all: true },
  });
  return new Map(
    rows.flatMap((row) =>
      row.certificateId && row._max.at ? [[row.certificateId, { at: row._max.at, joins: row._count._all }]] : [],
    ),
  );
}
