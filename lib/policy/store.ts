import 'server-only';
import { door, type Tx } from '@/lib/db';
import type { RevocationSubject } from '@/lib/kernel/bundle/resources';
import { isRegion, type Region } from '@/lib/kernel/region';
import type { Draft, ProjectSettings } from './resources';
import type { RevocationView } from './schemas';

/** All queries of lib/policy. Row policies show only the entered organisation's rows. */
const environmentMode = { token: 'token', app_id: 'app-id' } as const;

export async function findSettings(
  tx: Tx,
  projectId: string,
): Promise<(ProjectSettings & { fenceVersion: number }) | null> {
  const row = await tx.prisma.project.findUnique({
    where: { id: projectId },
    include: {
      certificates: {
        where: { status: 'enabled' },
        orderBy: { slot: 'asc' },
        select: { id: true, slot: true, sealed: true },
      },
    },
  });
  if (!row) return null;
  return { ...row, mode: environmentMode[row.mode], fence: row.fence.filter(isRegion) };
}

export const publish = (tx: Tx, drafts: readonly Draft[], del: readonly string[] = []): Promise<bigint> =>
  door.publish(tx, drafts, del);

export async function headSeq(tx: Tx): Promise<bigint> {
  const head = await tx.prisma.policyHead.findUnique({ where: { id: 1 } });
  return head?.seq ?? 0n;
}

/** Number of the change that wrote this resource, 0 when there is none. */
export async function resourceSeq(tx: Tx, key: string): Promise<number> {
  const row = await tx.prisma.policyResource.findUnique({ where: { key }, select: { seq: true } });
  return Number(row?.seq ?? 0n);
}

export async function saveFence(tx: Tx, projectId: string, regions: Region[]): Promise<void> {
  await tx.prisma.project.update({
    where: { id: projectId },
    data: { fence: regions, fenceVersion: { increment: 1 } },
  });
}

export interface NewRevocation {
  id: string;
  organisationId: string;
  projectId: string;
  subjectType: RevocationSubject['type'];
  subject: string;
  issuedBefore: Date;
  reason: string;
  createdById: string;
  createdAt: Date;
  seq: bigint;
}

export async function insertRevocations(tx: Tx, rows: NewRevocation[]): Promise<void> {
  await tx.prisma.revocation.createMany({ data: rows });
}

export const listRevocations = (tx: Tx, projectId: string, take: number, before: string | null) =>
  tx.prisma.revocation.findMany({
    where: { projectId, ...(before ? { id: { lt: before } } : {}) },
    orderBy: { id: 'desc' },
    take,
  });

export const toRevocation = (
  row: Pick<NewRevocation, 'id' | 'subject' | 'issuedBefore' | 'reason' | 'createdAt' | 'seq'> & {
    subjectType: string;
  },
): RevocationView => ({
  id: row.id,
  subjectType: row.subjectType as RevocationView['subjectType'],
  subject: row.subject,
  issuedBefore: row.issuedBefore.toISOString(),
  reason: row.reason,
  createdAt: row.createdAt.toISOString(),
  seq: Number(row.seq),
});

export const findCertificate = (tx: Tx, projectId: string, id: string) =>
  tx.prisma.certificate.findFirst({ where: { id, projectId }, select: { slot: true, fingerprint: true } });

/** Wildcard tokens this account has joined with, so that revoking the account also stops the tokens it could come back with. */
export async function wildcardTokensOf(
  tx: Tx,
  projectId: string,
  account: string,
  since: Date,
  take: number,
): Promise<string[]> {
  const rows = await tx.prisma.decision.findMany({
    where: { projectId, account, wildcardUser: true, verdict: 'allow', tokenId: { not: null }, at: { gte: since } },
    distinct: ['tokenId'],
    select: { tokenId: true },
    take,
  });
  return rows.flatMap(({ tokenId }) => (tokenId ? [tokenId] : []));
}

export interface EdgeRow {
  name: string;
  region: string;
  url: string;
  lastSeenAt: Date | null;
  appliedSeq: bigint | null;
  enforcedSeq: bigint | null;
  bannedAt: Date | null;
}

export const listEdges = (tx: Tx): Promise<EdgeRow[]> =>
  tx.prisma.edge.findMany({
    select: {
      name: true,
      region: true,
      url: true,
      lastSeenAt: true,
      appliedSeq: true,
      enforcedSeq: true,
      bannedAt: true,
    },
    orderBy: { name: 'asc' },
  });

export const listAcks = (tx: Tx, seq: bigint) =>
  tx.prisma.edgeAck.findMany({ where: { seq: { gte: seq } }, orderBy: { seq: 'asc' }, take: 2000 });

/** Live sessions of a project by edge and channel. */
export const countLive = (tx: Tx, projectId: string) =>
  tx.prisma.mediaSession.groupBy({
    by: ['edgeName', 'channel'],
    where: { projectId, endedAt: null },
    _count: { _all: true },
  });

/** Admitted joins of a project by edge since a time. */
export const countJoins = (tx: Tx, projectId: string, since: Date) =>
  tx.prisma.decision.groupBy({
    by: ['edgeName'],
    where: { projectId, at: { gte: since }, action: 'join', verdict: 'allow' },
    _count: { _all: true },
  });
