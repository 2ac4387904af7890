import 'server-only';
import { throttled } from '../abuse/throttle';
import { errors } from '../errors';
import { verifyPassword } from '../passwords/passwords';
import { addressPrefix } from '../request/address';
import type { Realm } from '../request/origins';
import { newSession, SESSION_SECONDS } from '../sessions/sessions';
import * as store from '../store';

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
  const started = await throttled({ subject: `${input.realm}|${input.email}`, address: input.address }, async () => {
    const account = await store.findSignIn(input.realm, input.email);
    const fits = await verifyPassword(account?.passwordHash ?? null, input.password);
    if (!account || !fits || account.status !== 'active') {
      await store.refuseSignIn({
        realm: input.realm,
        email: input.email,
        userId: account?.userId ?? null,
        address: input.address,
        code: 'identity.credentials',
      });
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
  const enrolled = await store.startSession({
    secret,
    userId,
    session: row,
    addressPrefix: addressPrefix(from.address),
    // Bounded and printable: it is shown in the person's list of sessions.
    userAgent: from.userAgent.replace(/[^\x20-\x7e]/g, '').slice(0, 256),
    ttlSeconds: SESSION_SECONDS,
  });
  return { secret, enrolled };
}
