/**
 * Employees: the provider's own people. Administrators invite them into the staff realm, give them a role and end their access;
 * everybody in the realm sees who is there. `source` says where an act comes from, for its event. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import type { Source } from '@/lib/authz';
import { newInvitationLink } from '@/lib/identity';
import type { ChangeEmployee, InviteEmployee } from './schemas';
import * as store from './store';

export { errors as employeeErrors } from './errors';

/** Employees, longest-standing first. Any member of staff. */
export const listEmployees = (secret: string) => store.listEmployees(secret);

/** Invitations nobody has accepted yet. */
export const listEmployeeInvitations = (secret: string, now: Date) => store.listInvitations(secret, now);

/** The link is shown once; the database keeps a hash. Throws `employee.role`, `employee.already`, `employee.invitation_pending`. */
export async function inviteEmployee(
  secret: string,
  input: InviteEmployee,
  now: Date,
  source?: Source,
): Promise<{ invitationId: string; link: string; expiresAt: Date }> {
  const { link, ...invitation } = newInvitationLink('staff', now);
  await store.insertInvitation(secret, input, invitation, now, source);
  return { invitationId: invitation.id, link, expiresAt: invitation.expiresAt };
}

/** Its link stops working at once. Throws `employee.role`, `employee.not_found`. */
export const revokeEmployeeInvitation = (
  secret: string,
  invitationId: string,
  now: Date,
  source?: Source,
): Promise<void> => store.revokeInvitation(secret, invitationId, now, source);

/** Role and status, from the next request on. Throws `employee.role`, `employee.self`, `employee.not_found`, `staff.last_administrator`. */
export const changeEmployee = (secret: string, change: ChangeEmployee, source?: Source): Promise<void> =>
  store.setEmployee(secret, change, source);
