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
/** What a list may hold, planImport says; here only its size. */
export const inviteList = z.object({ list: z.string().min(1).max(65_536) });
export const offerReset = z.object({ userId: z.string().max(64) });
export const changeEmployee = z.object({
  userId: z.string().max(64),
  role: staffRole,
  status: z.enum(['active', 'disabled']),
});
export const endSessions = z.object({ userId: z.string().max(64) });
export const revokeInvitation = z.object({ invitationId: z.string().max(64) });
export const decidePasskey = z.object({ passkeyId: z.string().max(64) });
export type InviteEmployee = z.output<typeof inviteEmployee>;
export type ChangeEmployee = z.output<typeof changeEmployee>;

export interface EmployeeView {
  id: string;
  name: string;
  email: string;
  role: z.output<typeof staffRole>;
  status: 'active' | 'disabled';
  since: string;
  /** How many of each: that can be used, by kind, and that wait to be endorsed. */
  passkeys: { deviceBound: number; synced: number; waiting: number };
}

/** A passkey that waits for a second person's word. */
export interface WaitingPasskey {
  id: string;
  userId: string;
  name: string;
  email: string;
  role: z.output<typeof staffRole>;
  passkeyName: string;
  deviceBound: boolean;
  /** As its owner sees it and can read it out. */
  fingerprint: string;
  createdAt: string;
}

export interface EmployeeInvitationView {
  id: string;
  email: string;
  role: z.output<typeof staffRole>;
  expiresAt: string;
}
