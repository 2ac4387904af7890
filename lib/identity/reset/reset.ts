import 'server-only';
import { isCordonError, newId } from '@/lib/platform';
import { throttled } from '../abuse/throttle';
import { identityConfig } from '../config';
import { errors } from '../errors';
import { checkNewPassword, hashPassword } from '../passwords/passwords';
import { passwordMinimum } from '../passwords/store';
import { addressPrefix } from '../request/address';
import type { Realm } from '../request/origins';
import { hashSecret, isSecret, newSecret } from '../sessions/secrets';
import { fullSession, newSession, SESSION_SECONDS } from '../sessions/sessions';
import { printable } from '../sign-in/sign-in';
import * as store from './store';

/**
 * A forgotten password. The link stands in for the password and for nothing else: whoever opens it is asked for the second factor like
 * at every sign-in, and only then may choose a new password. Neither the administrator who hands the link over nor whoever reads the
 * mailbox gets in with it.
 */
export interface FoundReset {
  readonly userId: string;
  readonly realm: Realm;
  readonly email: string;
  readonly expiresAt: Date;
}

/** How long a link that an administrator hands over is good for; the database's own limit is the same. */
const OFFERED_HOURS = 24;

/** A link about to be stored; the secret stands in the fragment, which no browser sends. `expiresAt` is that of a link handed over. */
export function newResetLink(realm: Realm, now: Date) {
  const secret = newSecret();
  return {
    link: `${identityConfig().origins[realm]}/reset#${secret}`,
    row: { id: newId('rst'), secretHash: hashSecret(secret) },
    expiresAt: new Date(now.getTime() + OFFERED_HOURS * 3_600_000),
  };
}

/**
 * A link for whoever says they forgot the password of this address, to be mailed there and shown nowhere. Null when there is no such
 * account. The page answers the same in both cases, without waiting for the mail; every asking counts against address and network.
 */
export async function askPasswordReset(realm: Realm, email: string, address: string): Promise<{ link: string } | null> {
  const { link, row } = newResetLink(realm, new Date());
  let known = false;
  await throttled({ subject: `reset|${realm}|${email}`, address }, async () => {
    known = (await store.askPasswordReset(realm, email, row)) !== null;
    return null;
  });
  return known ? { link } : null;
}

/** What a link of this realm stands for, or null: unknown, used, expired and foreign ones look the same. */
export async function findReset(realm: Realm, linkSecret: string): Promise<FoundReset | null> {
  if (!isSecret(linkSecret)) return null;
  const found = await store.findPasswordReset(linkSecret);
  return found?.realm === realm ? found : null;
}

/** With the link in place of the password: a session that can only go on to the second factor. Throws `identity.link`. */
export async function startWithReset(
  realm: Realm,
  linkSecret: string,
  from: { address: string; userAgent: string },
): Promise<{ secret: string; enrolled: boolean }> {
  if (!(await findReset(realm, linkSecret))) throw errors('identity.link');
  const { secret, row } = newSession();
  const enrolled = await linked(() =>
    store.startSessionWithReset(linkSecret, secret, {
      session: row,
      addressPrefix: addressPrefix(from.address),
      userAgent: printable(from.userAgent),
      ttlSeconds: SESSION_SECONDS,
    }),
  );
  return { secret, enrolled };
}

/** The new password of the session's person; uses the link up and ends their other sessions. Throws `identity.link`, `identity.password.*`. */
export async function resetPassword(
  secret: string,
  linkSecret: string,
  password: string,
  address: string,
): Promise<void> {
  const session = await fullSession(secret);
  if (!isSecret(linkSecret)) throw errors('identity.link');
  checkNewPassword(password, [session.email, session.name], await passwordMinimum(secret));
  const hash = await hashPassword(password);
  await linked(() => store.resetPassword(linkSecret, secret, { ...session, address }, hash));
}

async function linked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCordonError(error) && error.code === 'reset.invalid') throw errors('identity.link');
    throw error;
  }
}
