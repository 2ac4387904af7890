import 'server-only';
import { type KeysFate, settleKeysOf } from '@/lib/api-keys';
import { append, appendAll, type EventSchema, type NewEvent } from '@/lib/audit';
import { type AuditorTerms, scopeOfRow, termsEvent, termsOf, termsRow } from '@/lib/auditors';
import type { Source } from '@/lib/authz';
import { asMember, asStaff, door, type Member, type Staff, type Tx } from '@/lib/db';
import { tell } from '@/lib/notices';
import { newUuid, systemClock } from '@/lib/platform';
import { revokeTokensOf } from '@/lib/tokens';
import { errors } from './errors';
import type { MemberRole } from './rules';
import { roleRefusal } from './rules';

/** Everything this capability asks of the database. An act and its audit event commit in one transaction. */
type Bytes = Uint8Array<ArrayBuffer>;

export interface NewInvitation {
  readonly id: string;
  readonly email: string;
  readonly secretHash: Bytes;
  readonly expiresAt: Date;
}

export interface OrganisationRow {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly createdAt: Date;
}

export interface MemberRow {
  readonly membershipId: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: MemberRole;
  readonly status: 'active' | 'disabled';
  readonly since: Date;
  /** Of auditors. */
  readonly terms: AuditorTerms | null;
}

export interface InvitationRow {
  readonly id: string;
  readonly email: string;
  readonly role: MemberRole;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Of auditors. */
  readonly terms: AuditorTerms | null;
}

export interface Removed {
  /** Working API keys that ended, or were taken over. */
  readonly keys: number;
  /** Tokens that would have gone on working. */
  readonly tokens: number;
}

type Act<S extends EventSchema> = Pick<NewEvent<S>, 'schema' | 'object' | 'fields' | 'subject' | 'projectId' | 'actId'>;

/** In the organisation's own log. */
const appendAsMember = <S extends EventSchema>(tx: Tx, who: Member, source: Source | undefined, act: Act<S>) =>
  append(tx, {
    ...act,
    outcome: 'success',
    actor: { kind: 'member', id: who.userId, ...source },
    organisationId: who.organisationId,
  });

/** What staff do to an organisation stands in the provider's log and in the organisation's own, under one act id. */
async function appendAsStaff<S extends EventSchema>(
  tx: Tx,
  who: Staff,
  organisationId: string,
  source: Source | undefined,
  act: Act<S>,
  actId: string = newUuid(),
): Promise<void> {
  const actor = { kind: 'staff' as const, id: who.userId, ...source };
  await appendAll(
    tx,
    [null, organisationId].map((log) => ({ ...act, outcome: 'success' as const, actor, organisationId: log, actId })),
  );
}

const invited = (invitation: NewInvitation, role: MemberRole): Act<'invitation.created@1'> => ({
  schema: 'invitation.created@1',
  object: { type: 'invitation', id: invitation.id },
  fields: { realm: 'customer', role, email: invitation.email },
});

const ORGANISATION = { id: true, name: true, slug: true, createdAt: true } as const;
const PAGE = 200;
const TERMS = { accessUntil: true, scopeProjects: true, scopeFrom: true, scopeBefore: true } as const;

/** `P2002` is Prisma's code for a unique constraint; the only one an insert here can meet is the slug's. */
const isTaken = (error: unknown) => (error as { code?: string }).code === 'P2002';

export async function createOrganisation(
  secret: string,
  organisation: { id: string; name: string; slug: string },
  invitation: NewInvitation,
  source?: Source,
): Promise<void> {
  try {
    await asStaff(secret, async (tx, who) => {
      if (who.role !== 'administrator') throw errors('member.role');
      await tx.prisma.organisation.create({ data: organisation, select: { id: true } });
      await tx.prisma.invitation.create({
        data: {
          ...invitation,
          realm: 'customer',
          organisationId: organisation.id,
          memberRole: 'owner',
          invitedById: who.userId,
        },
        select: { id: true },
      });
      const created = {
        schema: 'organisation.created@1' as const,
        object: { type: 'organisation', id: organisation.id },
        fields: { name: organisation.name, slug: organisation.slug },
      };
      // Made and handed to its owner in one act.
      const actId = newUuid();
      await appendAsStaff(tx, who, organisation.id, source, created, actId);
      await appendAsStaff(tx, who, organisation.id, source, invited(invitation, 'owner'), actId);
    });
  } catch (error) {
    if (isTaken(error)) throw errors('organisation.slug.taken', { field: 'slug', cause: error });
    throw error;
  }
}

/** Another invitation of an owner by staff: when the first ran out, or the only owner left. */
export const inviteOwner = (
  secret: string,
  organisationId: string,
  invitation: NewInvitation,
  source?: Source,
): Promise<void> =>
  asStaff(secret, async (tx, who) => {
    if (who.role !== 'administrator') throw errors('member.role');
    const organisation = await tx.prisma.organisation.findUnique({
      where: { id: organisationId },
      select: { id: true },
    });
    if (!organisation) throw errors('organisation.not_found');
    await tx.prisma.invitation.create({
      data: { ...invitation, realm: 'customer', organisationId, memberRole: 'owner', invitedById: who.userId },
      select: { id: true },
    });
    await appendAsStaff(tx, who, organisationId, source, invited(invitation, 'owner'));
  });

export const listOrganisations = (secret: string, search: string, after: string | null): Promise<OrganisationRow[]> =>
  asStaff(secret, (tx) =>
    tx.prisma.organisation.findMany({
      where: {
        ...(search
          ? { OR: [{ name: { contains: search, mode: 'insensitive' } }, { slug: { contains: search.toLowerCase() } }] }
          : {}),
        ...(after ? { id: { lt: after } } : {}),
      },
      select: ORGANISATION,
      // Ids are UUIDv7: newest first.
      orderBy: { id: 'desc' },
      take: PAGE,
    }),
  );

export const readOrganisation = (secret: string, organisationId: string): Promise<OrganisationRow | null> =>
  asMember(secret, organisationId, (tx) =>
    tx.prisma.organisation.findUnique({ where: { id: organisationId }, select: ORGANISATION }),
  );

export const listMembers = (secret: string, organisationId: string): Promise<MemberRow[]> =>
  asMember(secret, organisationId, async (tx) => {
    const rows = await tx.prisma.membership.findMany({
      where: { organisationId },
      select: {
        id: true,
        role: true,
        createdAt: true,
        ...TERMS,
        user: { select: { id: true, name: true, email: true, status: true } },
      },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ id, role, createdAt, user, ...row }) => ({
      membershipId: id,
      userId: user.id,
      name: user.name,
      email: user.email,
      status: user.status,
      role,
      since: createdAt,
      terms: scopeOfRow(row),
    }));
  });

/** Waiting invitations; none are shown to roles that may not manage members. */
export const listInvitations = (secret: string, organisationId: string, now: Date): Promise<InvitationRow[]> =>
  asMember(secret, organisationId, async (tx) => {
    const rows = await tx.prisma.invitation.findMany({
      where: { organisationId, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
      select: { id: true, email: true, memberRole: true, createdAt: true, expiresAt: true, ...TERMS },
      orderBy: { id: 'desc' },
      take: PAGE,
    });
    return rows.flatMap(({ memberRole: role, id, email, createdAt, expiresAt, ...row }) =>
      role ? [{ id, email, createdAt, expiresAt, role, terms: scopeOfRow(row) }] : [],
    );
  });

export const inviteMember = (
  secret: string,
  organisationId: string,
  role: MemberRole,
  invitation: NewInvitation,
  terms: AuditorTerms | null,
  now: Date,
  source?: Source,
): Promise<void> =>
  asMember(secret, organisationId, async (tx, who) => {
    allowed(who.role, role);
    const email = invitation.email;
    const member = await tx.prisma.membership.findFirst({
      where: { organisationId, user: { email } },
      select: { id: true },
    });
    if (member) throw errors('member.already', { field: 'email' });
    const waiting = await tx.prisma.invitation.findFirst({
      where: { organisationId, email, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
      select: { id: true },
    });
    if (waiting) throw errors('invitation.pending', { field: 'email' });
    await tx.prisma.invitation.create({
      data: {
        ...{ ...invitation, realm: 'customer', organisationId, memberRole: role, invitedById: who.userId },
        ...(terms ? termsRow(terms) : {}),
      },
      select: { id: true },
    });
    const actId = newUuid();
    await appendAsMember(tx, who, source, { ...invited(invitation, role), actId });
    if (terms) {
      const object = { type: 'invitation', id: invitation.id };
      await appendAsMember(tx, who, source, { schema: 'member.terms_set@1', object, fields: termsEvent(terms), actId });
    }
  });

export const revokeInvitation = (
  secret: string,
  organisationId: string,
  invitationId: string,
  now: Date,
  source?: Source,
): Promise<void> =>
  asMember(secret, organisationId, async (tx, who) => {
    const found = await tx.prisma.invitation.findFirst({
      where: { id: invitationId, organisationId, acceptedAt: null, revokedAt: null },
      select: { memberRole: true, email: true },
    });
    if (!found?.memberRole) throw errors('invitation.not_found');
    allowed(who.role, found.memberRole);
    await tx.prisma.invitation.updateMany({ where: { id: invitationId, organisationId }, data: { revokedAt: now } });
    await appendAsMember(tx, who, source, {
      schema: 'invitation.revoked@1',
      object: { type: 'invitation', id: invitationId },
      fields: { email: found.email },
    });
  });

export const changeRole = (
  secret: string,
  organisationId: string,
  membershipId: string,
  role: MemberRole,
  source?: Source,
): Promise<void> =>
  asMember(secret, organisationId, async (tx, who) => {
    const member = await memberOf(tx, organisationId, membershipId);
    allowed(who.role, member.role);
    allowed(who.role, role);
    if (member.role === role) return;
    // Nobody is an auditor without an end.
    const terms = role === 'auditor' ? termsOf({}, new Date(systemClock.now())) : null;
    await tx.prisma.membership.updateMany({
      where: { id: membershipId, organisationId },
      data: { role, ...(terms ? { accessUntil: terms.until } : {}) },
    });
    if (member.userId !== who.userId) {
      const fields = { organisation: await nameOf(tx, organisationId), before: member.role, after: role };
      await tell(tx, member.userId, { kind: 'member.role', fields });
    }
    const actId = newUuid();
    await appendAsMember(tx, who, source, {
      schema: 'member.role_changed@1',
      object: { type: 'membership', id: membershipId },
      subject: member.userId,
      fields: { before: member.role, after: role, member: member.userId },
      actId,
    });
    if (terms) {
      const fields = { ...termsEvent(terms), member: member.userId };
      const object = { type: 'membership', id: membershipId };
      await appendAsMember(tx, who, source, {
        schema: 'member.terms_set@1',
        object,
        subject: member.userId,
        fields,
        actId,
      });
    }
  });

/**
 * The membership goes first: what the member is leaving behind at this very moment either is there by then, or is refused for want of a
 * membership. Tokens come last, because revoking them takes the policy head's lock.
 */
export const removeMember = (
  secret: string,
  organisationId: string,
  membershipId: string,
  fate: KeysFate,
  source?: Source,
): Promise<Removed> =>
  asMember(secret, organisationId, async (tx, who) => {
    const member = await memberOf(tx, organisationId, membershipId);
    allowed(who.role, member.role);
    const leaves = member.userId === who.userId;
    if (leaves && fate === 'keep') throw errors('member.keeps_keys');
    if (!leaves) {
      const organisation = await nameOf(tx, organisationId);
      await tell(tx, member.userId, { kind: 'member.removed', fields: { organisation } });
    }
    await tx.prisma.membership.deleteMany({ where: { id: membershipId, organisationId } });
    const actId = newUuid();
    const subject = member.userId;
    await appendAsMember(tx, who, source, {
      schema: 'member.removed@1',
      object: { type: 'membership', id: membershipId },
      subject,
      fields: { role: member.role, member: member.userId },
      actId,
    });
    const keys = await settleKeysOf(tx, member.userId, fate);
    for (const { id, name, projectId } of keys) {
      const about = { object: { type: 'api-key', id }, projectId, actId };
      if (fate === 'end') {
        await appendAsMember(tx, who, source, { ...about, schema: 'api-key.revoked@1', fields: { name } });
      } else {
        const fields = { name, member: member.userId };
        await appendAsMember(tx, who, source, { ...about, subject, schema: 'api-key.taken_over@1', fields });
      }
    }
    const by = { organisationId, userId: who.userId };
    const { projects, seq } = await revokeTokensOf(tx, member.userId, by, 'Minted by a member who is no longer one');
    for (const { projectId, count } of projects) {
      await appendAsMember(tx, who, source, {
        schema: 'tokens.revoked@1',
        object: { type: 'membership', id: membershipId },
        projectId,
        subject,
        fields: { count, seq, member: member.userId },
        actId,
      });
    }
    return { keys: keys.length, tokens: projects.reduce((sum, { count }) => sum + count, 0) };
  });

/** Throws `member.elsewhere` when the person belongs to another organisation too. */
export const endSessionsOf = (
  secret: string,
  organisationId: string,
  membershipId: string,
  source?: Source,
): Promise<number> =>
  asMember(secret, organisationId, async (tx, who) => {
    const member = await memberOf(tx, organisationId, membershipId);
    allowed(who.role, member.role);
    if (member.userId === who.userId) throw errors('member.self');
    const count = await door.endSessionsOf(tx, member.userId);
    await tell(tx, member.userId, { kind: 'sessions.ended', fields: {} });
    await appendAsMember(tx, who, source, {
      schema: 'member.sessions_ended@1',
      object: { type: 'membership', id: membershipId },
      subject: member.userId,
      fields: { count, member: member.userId },
    });
    return count;
  });

/** The database refuses whom this member may not touch. */
export const offerPasswordReset = (
  secret: string,
  organisationId: string,
  membershipId: string,
  reset: { id: string; secretHash: Uint8Array<ArrayBuffer> },
  source?: Source,
): Promise<void> =>
  asMember(secret, organisationId, async (tx, who) => {
    const member = await memberOf(tx, organisationId, membershipId);
    allowed(who.role, member.role);
    if (member.userId === who.userId) throw errors('member.self');
    await door.offerPasswordReset(tx, member.userId, reset);
    await tell(tx, member.userId, { kind: 'password.reset', fields: {} });
    await appendAsMember(tx, who, source, {
      schema: 'password.reset_offered@1',
      object: { type: 'user', id: member.userId },
      subject: member.userId,
      fields: { person: member.userId },
    });
  });

async function nameOf(tx: Tx, organisationId: string): Promise<string> {
  const found = await tx.prisma.organisation.findUnique({ where: { id: organisationId }, select: { name: true } });
  return found?.name ?? '';
}

function allowed(actor: MemberRole, role: MemberRole): void {
  const why = roleRefusal(actor, role);
  if (why) throw errors('member.role', { why });
}

async function memberOf(tx: Tx, organisationId: string, membershipId: string) {
  const member = await tx.prisma.membership.findFirst({
    where: { id: membershipId, organisationId },
    select: { role: true, userId: true },
  });
  if (!member) throw errors('member.not_found');
  return member;
}
