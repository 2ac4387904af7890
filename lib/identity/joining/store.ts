import 'server-only';
import { door, type Tx, withoutTenant } from '@/lib/db';
import { appendOwn, type Somebody } from '../store';
import type { FoundInvitation } from './invitations';

/** Links: invitations and the first set-up. */
export async function findInvitation(linkSecret: string): Promise<FoundInvitation | null> {
  const row = await withoutTenant((tx) => door.findInvitation(tx, linkSecret));
  if (!row) return null;
  return {
    id: row.id,
    realm: row.realm,
    organisation: row.organisation_id ? { id: row.organisation_id, name: row.organisation_name ?? '' } : null,
    email: row.email,
    memberRole: row.member_role,
    staffRole: row.staff_role,
    expiresAt: row.expires_at,
  };
}

const appendAccepted = (tx: Tx, who: Somebody, found: FoundInvitation) =>
  appendOwn(tx, who, {
    schema: 'invitation.accepted@1',
    object: { type: 'invitation', id: found.id },
    fields: { realm: found.realm, role: found.memberRole ?? found.staffRole ?? '', email: found.email },
  });

export const acceptInvitation = (
  found: FoundInvitation,
  input: { linkSecret: string; userId: string; name: string; passwordHash: string; membershipId: string },
  address: string,
): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.acceptInvitation(tx, input);
    await appendAccepted(tx, { userId: input.userId, realm: found.realm, address }, found);
  });

export const acceptInvitationSignedIn = (
  found: FoundInvitation,
  who: Somebody,
  input: { linkSecret: string; secret: string; membershipId: string },
): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.acceptInvitationSignedIn(tx, input.linkSecret, input.secret, input.membershipId);
    await appendAccepted(tx, who, found);
  });

export const setupOpen = (): Promise<boolean> => withoutTenant((tx) => door.setupOpen(tx));

export const claimSetup = (
  input: { linkSecret: string; userId: string; email: string; name: string; passwordHash: string },
  address: string,
): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.claimSetup(tx, input);
    await appendOwn(
      tx,
      { userId: input.userId, realm: 'staff', address },
      {
        schema: 'setup.claimed@1',
        object: { type: 'user', id: input.userId },
        fields: { email: input.email, name: input.name },
      },
    );
  });
