import 'server-only';
import { asApiKey, door, type Tx } from '@/lib/db';
import type { ApiKeyView } from './schemas';

/** All queries of lib/api-keys. Row policies show only the entered organisation's keys, and to a key only its own answers. */
type KeyRow = Omit<NonNullable<Awaited<ReturnType<typeof findKey>>>, 'projectId'>;

const COLUMNS = {
  id: true,
  projectId: true,
  name: true,
  prefix: true,
  scopes: true,
  createdAt: true,
  expiresAt: true,
  revokedAt: true,
  lastUsedAt: true,
} as const;

export const toView = (row: KeyRow, nowMs: number): ApiKeyView => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes,
  state: row.revokedAt ? 'revoked' : row.expiresAt && row.expiresAt.getTime() <= nowMs ? 'expired' : 'active',
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  revokedAt: row.revokedAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});

/** Newest first, revoked ones too. */
export const listKeys = (tx: Tx, projectId: string) =>
  tx.prisma.apiKey.findMany({ where: { projectId }, orderBy: { id: 'desc' }, select: COLUMNS, take: 500 });

export const findKey = (tx: Tx, projectId: string, id: string) =>
  tx.prisma.apiKey.findFirst({ where: { id, projectId }, select: COLUMNS });

export const countWorking = (tx: Tx, projectId: string, now: Date) =>
  tx.prisma.apiKey.count({
    where: { projectId, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
  });

export interface NewKey {
  id: string;
  organisationId: string;
  projectId: string;
  name: string;
  prefix: string;
  secretHash: Uint8Array<ArrayBuffer>;
  scopes: string[];
  createdById: string;
  expiresAt: Date | null;
}

export async function insertKey(tx: Tx, key: NewKey) {
  await door.holdMembership(tx);
  return tx.prisma.apiKey.create({ data: key, select: COLUMNS });
}

export async function setRevoked(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.prisma.apiKey.updateMany({ where: { id }, data: { revokedAt: at } });
}

/** Working keys of the entered organisation that this member made; of every member without one. */
export async function listMade(tx: Tx, now: Date, userId?: string): Promise<MadeKey[]> {
  const rows = await tx.prisma.apiKey.findMany({
    where: {
      ...(userId === undefined ? {} : { createdById: userId }),
      revokedAt: null,
      OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
    },
    orderBy: { id: 'asc' },
    select: { id: true, name: true, projectId: true, createdById: true, project: { select: { name: true } } },
  });
  return rows.map(({ project, ...row }) => ({ ...row, projectName: project.name }));
}

export interface MadeKey {
  id: string;
  name: string;
  projectId: string;
  projectName: string;
  createdById: string;
}

/** Those that expired meanwhile too. */
export async function revokeMade(tx: Tx, userId: string, at: Date): Promise<void> {
  await tx.prisma.apiKey.updateMany({ where: { createdById: userId, revokedAt: null }, data: { revokedAt: at } });
}

/** They go on under the name of whoever asks. */
export async function takeOver(tx: Tx, userId: string): Promise<void> {
  await tx.prisma.$executeRaw`select cordon.take_over_keys(${userId})`;
}

// ---- answers remembered for repeated requests

export interface Remembered {
  requestHash: Uint8Array;
  /** HTTP status, 0 while the first request runs. */
  status: number;
  response: unknown;
  createdAt: Date;
}

/**
 * Takes the key for this request; null when it was free (or held only by something older than the limits), else what stands there.
 * Two requests at once: the second waits for the first's insert and then finds it.
 */
export const takeOnce = (
  apiKey: string,
  key: string,
  requestHash: Uint8Array<ArrayBuffer>,
  limits: { forget: Date; abandoned: Date },
): Promise<Remembered | null> =>
  asApiKey(apiKey, async (tx, { apiKeyId, organisationId }) => {
    await tx.prisma.idempotency.deleteMany({
      where: {
        apiKeyId,
        OR: [{ createdAt: { lt: limits.forget } }, { key, status: 0, createdAt: { lt: limits.abandoned } }],
      },
    });
    const { count } = await tx.prisma.idempotency.createMany({
      data: [{ apiKeyId, key, organisationId, requestHash, status: 0, response: {} }],
      skipDuplicates: true,
    });
    return count === 1 ? null : await tx.prisma.idempotency.findUnique({ where: { apiKeyId_key: { apiKeyId, key } } });
  });

/** Puts the answer in place of the mark that the request runs. */
export const keepAnswer = (
  apiKey: string,
  key: string,
  requestHash: Uint8Array<ArrayBuffer>,
  status: number,
  response: object,
): Promise<void> =>
  asApiKey(apiKey, async (tx, { apiKeyId, organisationId }) => {
    await tx.prisma.idempotency.deleteMany({ where: { apiKeyId, key, status: 0 } });
    await tx.prisma.idempotency.createMany({
      data: [{ apiKeyId, key, organisationId, requestHash, status, response }],
      skipDuplicates: true,
    });
  });

/** The request came to nothing: the next one with this key is the first again. */
export const releaseOnce = (apiKey: string, key: string): Promise<void> =>
  asApiKey(apiKey, async (tx, { apiKeyId }) => {
    await tx.prisma.idempotency.deleteMany({ where: { apiKeyId, key, status: 0 } });
  });
