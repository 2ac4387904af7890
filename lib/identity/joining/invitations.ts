import 'server-only';
import { isCordonError, newId } from '@/lib/platform';
import { identityConfig } from '../config';
import { errors } from '../errors';
import { checkNewPassword, hashPassword } from '../passwords/passwords';
import { passwordMinimumOfLink } from '../passwords/store';
import type { Realm } from '../request/origins';
import type { MemberRole } from '../request/paths';
import { hashSecret, isSecret, newSecret } from '../sessions/secrets';
import { fullSession } from '../sessions/sessions';
import { startSession } from '../sign-in/sign-in';
import * as store from './store';

/** How long an invitation can be accepted. */
const INVITATION_DAYS = 7;

export interface FoundInvitation {
  readonly id: string;
  readonly realm: Realm;
  readonly organisation: { readonly id: string; readonly name: string } | null;
  readonly email: string;
  readonly memberRole: MemberRole | null;
  readonly staffRole: string | null;
  readonly expiresAt: Date;
}

/**
 * A link for an invitation about to be stored. The secret stands in the fragment, which browsers send to no server and
 * put in no Referer; the database gets its hash. `link` is given out once.
 */
export function newInvitationLink(realm: Realm, now: Date) {
  const secret = newSecret();
  return {
    id: newId('inv'),
    link: `${identityConfig().origins[realm]}/invite#${secret}`,
    secretHash: hashSecret(secret),
    expiresAt: new Date(now.getTime() + INVITATION_DAYS * 86_400_000),
  };
}

/** The invitation behind a link of this realm, or null: unknown, used, revoked, expired and foreign ones look the same. */
export async function findInvitation(realm: Realm, linkSecret: string): Promise<FoundInvitation | null> {
  if (!isSecret(linkSecret)) return null;
  const found = await store.findInvitation(linkSecret);
  return found?.realm === realm ? found : null;
}

/**
 * Accepts by making the account the invitation names, and signs it in with its first factor. Throws `identity.link`,
 * `identity.link.account_exists` (sign in and accept instead) or `identity.password.*`.
 */
export async function acceptInvitation(
  realm: Realm,
  linkSecret: string,
  account: { name: string; password: string },
  from: { address: string; userAgent: string },
): Promise<{ secret: string }> {
  const found = await findInvitation(realm, linkSecret);
  if (!found) throw errors('identity.link');
  const around = [found.email, account.name, found.organisation?.name ?? ''];
  checkNewPassword(account.password, around, await passwordMinimumOfLink(linkSecret));
  const userId = newId('usr');
  try {
    const passwordHash = await hashPassword(account.password);
    const membershipId = newId('mem');
    await store.acceptInvitation(
      found,
      { linkSecret, userId, name: account.name, passwordHash, membershipId },
      from.address,
    );
  } catch (error) {
    if (isCordonError(error) && error.code === 'invitation.account_exists')
      throw errors('identity.link.account_exists');
    if (isCordonError(error) && error.code === 'invitation.invalid') throw errors('identity.link');
    throw error;
  }
  return startSession(userId, from);
}

/** Accepts as the person signed in here, whose address must be the invitation's. Customers only. */
export async function acceptInvitationSignedIn(
  secret: string,
  linkSecret: string,
  address: string,
): Promise<FoundInvitation> {
  const session = await fullSession(secret);
  const found = await findInvitation(session.realm, linkSecret);
  if (found?.realm !== 'customer') throw errors('identity.link');
  if (found.email !== session.email) throw errors('identity.link.other_account');
  await store.acceptInvitationSignedIn(
    found,
    { ...session, address },
    { linkSecret, secret, membershipId: newId('mem') },
  );
  return found;
}
