import 'server-only';
import { door, type Tx } from '@/lib/db';
import type { CertificateRef, Resource } from '@/lib/kernel/bundle/resources';

/** All queries of lib/tokens. Row policies show only the entered organisation's rows. */

/** The enabled certificates, primary first, sealed as only the keyring can open them. */
export const enabledCertificates = (tx: Tx, projectId: string): Promise<CertificateRef[]> =>
  tx.prisma.certificate.findMany({
    where: { projectId, status: 'enabled' },
    orderBy: { slot: 'asc' },
    select: { id: true, slot: true, sealed: true },
  });

/** What edges are told about this App ID, and the edges themselves. */
export async function resourcesOf(tx: Tx, appId: string): Promise<Resource[]> {
  const rows = await tx.prisma.policyResource.findMany({
    where: { deleted: false, OR: [{ appId }, { key: 'edges/edges' }] },
    select: { body: true },
  });
  return rows.map(({ body }) => body as unknown as Resource);
}

export async function headVersion(tx: Tx): Promise<{ epoch: number; seq: number }> {
  const head = await tx.prisma.policyHead.findUnique({ where: { id: 1 } });
  return { epoch: head?.epoch ?? 1, seq: Number(head?.seq ?? 0n) };
}

export interface Minted {
  tokenId: string;
  organisationId: string;
  projectId: string;
  mintedById: string;
  expiresAt: Date;
}

/** Notes who minted it, and forgets the organisation's tokens that have run out. */
export async function keepMinted(tx: Tx, minted: Minted): Promise<void> {
  await door.holdMembership(tx);
  await tx.prisma.mintedToken.deleteMany({ where: { expiresAt: { lt: new Date() } } });
  // The same content within the same second is the same token.
  await tx.prisma.mintedToken.createMany({ data: [minted], skipDuplicates: true });
}

/** Tokens of the entered organisation that this member minted and that still work, by project. */
export async function mintedBy(tx: Tx, userId: string, now: Date) {
  const rows = await tx.prisma.mintedToken.findMany({
    where: { mintedById: userId, expiresAt: { gt: now } },
    orderBy: [{ projectId: 'asc' }, { tokenId: 'asc' }],
    select: { tokenId: true, projectId: true, project: { select: { appId: true } } },
  });
  return rows.map(({ tokenId, projectId, project }) => ({ tokenId, projectId, appId: project.appId }));
}
