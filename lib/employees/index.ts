/**
 * Employees: the provider's own people. Administrators invite them into the staff realm, give them a role and end their access;
 * everybody in the realm sees who is there. `source` says where an act comes from, for its event. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import type { Source } from '@/lib/authz';
import { forgetPasskeys, newInvitationLink, newResetLink } from '@/lib/identity';
import type { ChangeEmployee, InviteEmployee } from './schemas';
import * as store from './store';

export { errors as employeeErrors } from './errors';
export { planImport } from './import';
export { endorsePasskey, listWaitingPasskeys, turnDownPasskey } from './passkeys';

/** Employees, longest-standing first. Any member of staff. */
export const listEmployees = (secret: string) => store.listEmployees(secret);

/** Invitations nobody has accepted yet. */
export const listEmployeeInvitations = (secret: string, now: Date) => store.listInvitations(secret, now);

export interface Invited {
  readonly email: string;
  readonly link: string;
}

/**
 * Invites everybody or, when one of them cannot be, nobody. The links are shown once; the database keeps hashes. Throws
 * `employee.role`, `employee.already`, `employee.invitation_pending`.
 */
export async function inviteEmployees(
  secret: string,
  people: readonly InviteEmployee[],
  now: Date,
  source?: Source,
): Promise<{ invited: Invited[]; expiresAt: Date }> {
  const made = people.map((person) => ({ person, ...newInvitationLink('staff', now) }));
  const rows = made.map(({ person, link: _shown, ...row }) => ({ ...person, ...row }));
  await store.insertInvitations(secret, rows, now, source);
  return { invited: made.map(({ person, link }) => ({ email: person.email, link })), expiresAt: made[0]!.expiresAt };
}

/** As `inviteEmployees`, for one. */
export async function inviteEmployee(
  secret: string,
  input: InviteEmployee,
  now: Date,
  source?: Source,
): Promise<{ link: string; expiresAt: Date }> {
  const { invited, expiresAt } = await inviteEmployees(secret, [input], now, source);
  return { link: invited[0]!.link, expiresAt };
}

/**
 * A link that stands in for an employee's forgotten password, to be handed over; their second factor is asked for all the same. Shown once, good
 * for a day. Throws `employee.role`, `employee.self`, `organisation.not_found`.
 */
export async function offerPasswordReset(
  secret: string,
  userId: string,
  source?: Source,
): Promise<{ link: string; expiresAt: Date }> {
  const { link, row, expiresAt } = newResetLink('staff', new Date());
  await store.offerPasswordReset(secret, userId, row, source);
  return { link, expiresAt };
}

/** Its link stops working at once. Throws `employee.role`, `employee.not_found`. */
export const revokeEmployeeInvitation = (
  secret: string,
  invitationId: string,
  now: Date,
  source?: Source,
): Promise<void> => store.revokeInvitation(secret, invitationId, now, source);

/**
 * Role and status, from the next request on. Whoever is disabled loses their sessions and passkeys: coming back means setting one up and
 * being endorsed again. Throws `employee.role`, `employee.self`, `employee.not_found`, `staff.last_administrator`.
 */
export const changeEmployee = (secret: string, change: ChangeEmployee, source?: Source): Promise<void> =>
  store.setEmployee(secret, change, source, forgetPasskeys);

/** Ends every session of an employee, who may sign in again; says how many. Throws `employee.role`, `employee.self`, `employee.not_found`. */
export const endEmployeeSessions = (secret: string, userId: string, source?: Source): Promise<number> =>
  store.endSessionsOf(secret, userId, source);
