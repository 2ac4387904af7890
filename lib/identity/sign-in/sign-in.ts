import 'server-only';
import { throttled } from '../abuse/throttle';
import { errors } from '../errors';
import { verifyPassword } from '../passwords/passwords';
import { addressPrefix } from '../request/address';
import type { Realm } from '../request/origins';
import { newSession, SESSION_SECONDS } from '../sessions/sessions';
import * as sessions from '../sessions/store';
import { refuseSignIn } from '../store';
import * as store from './store';

export interface SignIn {
  readonly realm: Realm;
  /** Lower case, as `schemas.email` gives it. */
  readonly email: string;
  readonly password: string;
  readonly address: string;
  readonly userAgent: string;
}

/**
 * First factor. An unknown address, a disabled account and a wrong password take the same steps and end in the same
 * error, `identity.credentials`. Success gives the secret of a session that can only go on to the second factor.
 */
export async function signInWithPassword(input: SignIn): Promise<{ secret: string; enrolled: boolean }> {
  const { realm, email, address, userAgent } = input;
  let failedAs: 'wrong' | 'unknown' = 'unknown';
  const attempt = {
    subject: `password|${realm}|${email}`,
    address,
    userAgent: printable(userAgent),
    whose: { realm, email },
    failedAs: () => failedAs,
  };
  const started = await throttled(attempt, async () => {
    const account = await store.findSignIn(realm, email);
    if (account) failedAs = 'wrong';
    const fits = await verifyPassword(account?.passwordHash ?? null, input.password, addressPrefix(address));
    if (!account || !fits || account.status !== 'active') {
      await refuseSignIn({ realm, email, userId: account?.userId ?? null, address, code: 'identity.credentials' });
      return null;
    }
    return startSession(account.userId, input);
  });
  if (!started) throw errors('identity.credentials');
  return started;
}

/** A session for somebody whose password was checked or just chosen. */
export async function startSession(userId: string, from: { address: string; userAgent: string }) {
  const { secret, row } = newSession();
  const enrolled = await sessions.startSession({
    secret,
    userId,
    session: row,
    addressPrefix: addressPrefix(from.address),
    userAgent: printable(from.userAgent),
    ttlSeconds: SESSION_SECONDS,
  });
  return { secret, enrolled };
}

/** Bounded and printable: it is shown in the person's list of sessions. */
export const printable = (userAgent: string): string => userAgent.replace(/[^\x20-\x7e]/g, '').slice(0, 256);
