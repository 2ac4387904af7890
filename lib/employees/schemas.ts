import { z } from 'zod';
import { email } from '@/lib/identity/schemas';

/** The shapes this capability accepts from forms. Safe for browsers. */
export const STAFF_ROLES = ['administrator', 'security', 'support', 'auditor'] as const;
export const staffRole = z.enum(STAFF_ROLES);
/** What each role is for, in one line. */
export const STAFF_ROLE_SAYS: Readonly<Record<z.output<typeof staffRole>, string>> = {
  administrator: 'Organisations, employees and edges; reads the provider log',
  security: 'Reads fleet, employees and the provider log',
  support: 'Sees organisations, employees and the fleet; changes nothing',
  auditor: 'Reads and exports the provider log; changes nothing',
};

export const inviteEmployee = z.object({ email, role: staffRole });
export const changeEmployee = z.object({
  userId: z.string().max(64),
  role: staffRole,
  status: z.enum(['active', 'disabled']),
});
export const revokeInvitation = z.object({ invitationId: z.string().max(64) });
export type InviteEmployee = z.output<typeof inviteEmployee>;
export type ChangeEmployee = z.output<typeof changeEmployee>;

export interface EmployeeView {
  id: string;
  name: string;
  email: string;
  role: z.output<typeof staffRole>;
  status: 'active' | 'disabled';
  since: string;
}

export interface EmployeeInvitationView {
  id: string;
  email: string;
  role: z.output<typeof staffRole>;
  expiresAt: string;
}
