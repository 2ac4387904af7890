import 'server-only';
import { isCordonError, newId } from '@/lib/platform';
import { errors } from '../errors';
import { checkNewPassword, hashPassword } from '../passwords/passwords';
import { passwordMinimumOfLink } from '../passwords/store';
import { isSecret } from '../sessions/secrets';
import { startSession } from '../sign-in/sign-in';
import * as store from './store';

/** Whether the provider still has no administrator, so that a set-up link can be used. */
export const setupOpen = (): Promise<boolean> => store.setupOpen();

/**
 * First run: makes the provider's first administrator from the one-time link and signs them in with their first factor.
 * Throws `identity.link` or `identity.password.*`.
 */
export async function claimSetup(
  linkSecret: string,
  account: { email: string; name: string; password: string },
  from: { address: string; userAgent: string },
): Promise<{ secret: string }> {
  if (!isSecret(linkSecret)) throw errors('identity.link');
  checkNewPassword(account.password, [account.email, account.name], await passwordMinimumOfLink(linkSecret));
  const userId = newId('usr');
  const passwordHash = await hashPassword(account.password);
  try {
    const { email, name } = account;
    await store.claimSetup({ linkSecret, userId, email, name, passwordHash }, from.address);
  } catch (error) {
    if (isCordonError(error) && error.code.startsWith('setup.')) throw errors('identity.link');
    throw error;
  }
  return startSession(userId, from);
}
