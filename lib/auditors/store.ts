import 'server-only';
import { append } from '@/lib/audit';
import type { Source } from '@/lib/authz';
import { asMember, type Member, type Tx } from '@/lib/db';
import { tell } from '@/lib/notices';
import { errors } from './errors';
import { type AuditorTerms, termsEvent } from './rules';

/** Everything this capability asks of the database. An act and its audit event commit in one transaction. */

export const own = (secret: string, organisationId: string): Promise<AuditorTerms | null> =>
  asMember(secret, organisationId, async (_tx, who) => who.scope ?? null);

/** Throws `auditor.not_found`, `auditor.role`, `auditor.term`, `auditor.projects`. */
export const setTerms = (
  secret: string,
  organisationId: string,
  membershipId: string,
  terms: AuditorTerms,
  source?: Source,
): Promise<void> =>
  asAdministrator(secret, organisationId, membershipId, async (tx, who, userId) => {
    const { until, projects, from, before } = terms;
    await tx.prisma.$executeRaw`
      update "Membership" set "accessUntil" = ${until}, "scopeProjects" = ${projects && [...projects]}::text[], "scopeFrom" = ${from}, "scopeBefore" = ${before}
       where "id" = ${membershipId} and "organisationId" = ${organisationId}`;
    await tellOf(tx, organisationId, userId, until);
    await append(tx, {
      schema: 'member.terms_set@1',
      outcome: 'success',
      actor: { kind: 'member', id: who.userId, ...source },
      organisationId,
      object: { type: 'membership', id: membershipId },
      subject: userId,
      fields: { ...termsEvent(terms), member: userId },
    });
  });

/** From this moment on. Throws `auditor.not_found`, `auditor.role`. */
export const end = (secret: string, organisationId: string, membershipId: string, source?: Source): Promise<void> =>
  asAdministrator(secret, organisationId, membershipId, async (tx, who, userId) => {
    await tx.prisma.$executeRaw`
      update "Membership" set "accessUntil" = clock_timestamp() where "id" = ${membershipId} and "organisationId" = ${organisationId}`;
    await tellOf(tx, organisationId, userId, null);
    await append(tx, {
      schema: 'member.access_ended@1',
      outcome: 'success',
      actor: { kind: 'member', id: who.userId, ...source },
      organisationId,
      object: { type: 'membership', id: membershipId },
      subject: userId,
      fields: { member: userId },
    });
  });

function asAdministrator(
  secret: string,
  organisationId: string,
  membershipId: string,
  work: (tx: Tx, who: Member, userId: string) => Promise<void>,
): Promise<void> {
  return asMember(secret, organisationId, async (tx, who) => {
    if (who.role !== 'owner' && who.role !== 'administrator') throw errors('auditor.role');
    const member = await tx.prisma.membership.findFirst({
      where: { id: membershipId, organisationId, role: 'auditor' },
      select: { userId: true },
    });
    if (!member) throw errors('auditor.not_found');
    await work(tx, who, member.userId);
  });
}

/** `until` null: it has ended. */
async function tellOf(tx: Tx, organisationId: string, userId: string, until: Date | null): Promise<void> {
  const found = await tx.prisma.organisation.findUnique({ where: { id: organisationId }, select: { name: true } });
  const organisation = found?.name ?? '';
  await tell(
    tx,
    userId,
    until
      ? { kind: 'auditor.terms', fields: { organisation, until: until.toISOString() } }
      : { kind: 'member.removed', fields: { organisation } },
  );
}
