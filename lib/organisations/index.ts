/**
 * Organisations: tenants and their members. Staff administrators make an organisation and invite its first owner; owners
 * and administrators manage the rest. `source` says where an act comes from, for its event. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import type { KeysFate } from '@/lib/api-keys';
import { type AuditorTerms, termsOf } from '@/lib/auditors';
import type { Source } from '@/lib/authz';
import { newInvitationLink, newResetLink } from '@/lib/identity';
import { newId } from '@/lib/platform';
import { errors } from './errors';
import { type MemberRole, slugProblem } from './rules';
import type { CreateOrganisation, InviteMember } from './schemas';
import * as store from './store';

export { errors as organisationErrors } from './errors';
export { lastOwnerRefusal, MEMBER_ROLES, type MemberRole, roleRefusal, slugProblem, suggestSlug } from './rules';
export type { InvitationRow, MemberRow, OrganisationRow } from './store';

/** A link to hand over; it is shown once, the database keeps a hash. */
export interface InvitationLink {
  readonly invitationId: string;
  readonly link: string;
  readonly expiresAt: Date;
}

function invitationFor(email: string, now: Date) {
  const { link, ...made } = newInvitationLink('customer', now);
  const given: InvitationLink = { invitationId: made.id, link, expiresAt: made.expiresAt };
  return { row: { ...made, email }, given };
}

/** Makes an organisation and invites its first owner. Staff administrators only. Throws `organisation.slug.*`, `member.role`. */
export async function createOrganisation(
  secret: string,
  input: CreateOrganisation,
  now: Date,
  source?: Source,
): Promise<{ id: string; slug: string; invitation: InvitationLink }> {
  const problem = slugProblem(input.slug);
  if (problem) throw errors(`organisation.slug.${problem}`, { field: 'slug' });
  const id = newId('org');
  const { row, given } = invitationFor(input.ownerEmail, now);
  await store.createOrganisation(secret, { id, name: input.name, slug: input.slug }, row, source);
  return { id, slug: input.slug, invitation: given };
}

/** Invites an owner from the provider's side. Staff administrators only. Throws `organisation.not_found`, `member.role`. */
export async function inviteOwner(
  secret: string,
  organisationId: string,
  email: string,
  now: Date,
  source?: Source,
): Promise<InvitationLink> {
  const { row, given } = invitationFor(email, now);
  await store.inviteOwner(secret, organisationId, row, source);
  return given;
}

/** Organisations, newest first, 200 at a time; `after` is the id of the last one seen. Staff only. */
export const listOrganisations = (secret: string, options: { search?: string; after?: string } = {}) =>
  store.listOrganisations(secret, options.search?.trim().slice(0, 120) ?? '', options.after ?? null);

/** The organisation itself, for its members. */
export async function readOrganisation(secret: string, organisationId: string) {
  const found = await store.readOrganisation(secret, organisationId);
  if (!found) throw errors('organisation.not_found');
  return found;
}

/** Members, longest-standing first. */
export const listMembers = (secret: string, organisationId: string) => store.listMembers(secret, organisationId);

/** Invitations nobody has accepted yet; empty for roles that do not manage members. */
export const listInvitations = (secret: string, organisationId: string, now: Date) =>
  store.listInvitations(secret, organisationId, now);

/**
 * Invites an address into the organisation; an auditor on terms, of which the least is until when. Throws `member.role`, `member.already`,
 * `invitation.pending`, `auditor.*`.
 */
export async function inviteMember(
  secret: string,
  organisationId: string,
  input: Pick<InviteMember, 'email' | 'role'> & Partial<InviteMember>,
  now: Date,
  source?: Source,
): Promise<InvitationLink> {
  const terms: AuditorTerms | null = input.role === 'auditor' ? termsOf(input, now) : null;
  const { row, given } = invitationFor(input.email, now);
  // A link that led to access which is over already would only puzzle.
  const expiresAt = terms && terms.until < row.expiresAt ? terms.until : row.expiresAt;
  await store.inviteMember(secret, organisationId, input.role, { ...row, expiresAt }, terms, now, source);
  return { ...given, expiresAt };
}

/** Withdraws a waiting invitation; its link stops working at once. Throws `invitation.not_found`, `member.role`. */
export const revokeInvitation = (
  secret: string,
  organisationId: string,
  invitationId: string,
  now: Date,
  source?: Source,
): Promise<void> => store.revokeInvitation(secret, organisationId, invitationId, now, source);

/** Gives a member another role, from their next request on. Throws `member.not_found`, `member.role`, `member.last_owner`. */
export const changeRole = (
  secret: string,
  organisationId: string,
  membershipId: string,
  role: MemberRole,
  source?: Source,
): Promise<void> => store.changeRole(secret, organisationId, membershipId, role, source);

/**
 * Takes a member out, from their next request on; their open pages of this organisation close. API keys they made end with it (`end`) or go
 * on under the name of whoever removes them (`keep`); tokens they minted in the console are revoked, and edges cut what rests on them.
 * Throws `member.not_found`, `member.role`, `member.last_owner`, `member.keeps_keys`.
 */
export const removeMember = (
  secret: string,
  organisationId: string,
  membershipId: string,
  { keys = 'end' }: { keys?: KeysFate } = {},
  source?: Source,
): Promise<store.Removed> => store.removeMember(secret, organisationId, membershipId, keys, source);

/**
 * Ends every session of a member who belongs to no other organisation, and says how many they were. Throws `member.not_found`,
 * `member.role`, `member.self`, `member.elsewhere`.
 */
export const endMemberSessions = (
  secret: string,
  organisationId: string,
  membershipId: string,
  source?: Source,
): Promise<number> => store.endSessionsOf(secret, organisationId, membershipId, source);

/**
 * A link that stands in for a member's forgotten password, to be handed over; their second factor is asked for all the same. Shown once, good
 * for a day. Throws `member.not_found`, `member.role`, `member.self`.
 */
export async function offerPasswordReset(
  secret: string,
  organisationId: string,
  membershipId: string,
  source?: Source,
): Promise<{ link: string; expiresAt: Date }> {
  const { link, row, expiresAt } = newResetLink('customer', new Date());
  await store.offerPasswordReset(secret, organisationId, membershipId, row, source);
  return { link, expiresAt };
}
