import { z } from 'zod';
import { termsFields } from '@/lib/auditors/schemas';
import { email, personName } from '@/lib/identity/schemas';

export { suggestSlug } from './rules';

/** The shapes this capability accepts from forms. Safe for browsers. */
export const memberRole = z.enum(['owner', 'administrator', 'developer', 'auditor']);
export const organisationName = personName;

export const createOrganisation = z.object({
  name: organisationName,
  slug: z.string().trim().max(64),
  /** Who is invited as the first owner. */
  ownerEmail: email,
});
export const inviteOwner = z.object({ organisationId: z.string().max(64), email });
/** The terms count for auditors only. */
export const inviteMember = z.object({ email, role: memberRole, ...termsFields });
export const changeRole = z.object({ membershipId: z.string().max(64), role: memberRole });
export const removeMember = z.object({
  membershipId: z.string().max(64),
  /** What becomes of the API keys the member made. */
  keys: z.enum(['end', 'keep']).default('end'),
});
export const endMemberSessions = z.object({ membershipId: z.string().max(64) });
export const revokeInvitation = z.object({ invitationId: z.string().max(64) });

export type CreateOrganisation = z.output<typeof createOrganisation>;
export type InviteMember = z.output<typeof inviteMember>;
