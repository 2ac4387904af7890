import 'server-only';
import { tellHalfSignIn } from '@/lib/notices';
import { isCordonError } from '@/lib/platform';
import { throttled } from '../abuse/throttle';
import { errors } from '../errors';
import { addressPrefix } from '../request/address';
import type { Realm } from '../request/origins';
import type { Signed } from '../schemas';
import { type LiveSession, newSession, readSession, SESSION_SECONDS } from '../sessions/sessions';
import { printable } from '../sign-in/sign-in';
import { refuseSignIn } from '../store';
import * as store from './store';
import { askForPasskey, type PasskeyRequest, verifyPasskey } from './webauthn';

/** What the database says when a proof and its rows do not belong together, or a row went meanwhile. */
const DOES_NOT_FIT = ['passkey.unknown', 'session.invalid', 'totp.proof_invalid'];

/** Asks for any passkey of this realm: signing in with a passkey alone, also offered as autofill. */
export const beginPasskeySignIn = (realm: Realm): Promise<PasskeyRequest> =>
  askForPasskey(realm, { action: 'sign-in' });

/**
 * Signs in with a passkey alone. The authenticator asked its holder for PIN or biometric, so the session holds both factors at once. An
 * unknown credential, a wrong signature and a disabled account take the same steps and end in the same error, `identity.passkey`.
 */
export async function signInWithPasskey(input: {
  realm: Realm;
  signed: Signed;
  address: string;
  userAgent: string;
}): Promise<{ secret: string }> {
  const { realm, signed, address } = input;
  const next = newSession();
  const begun = await throttled({ subject: `passkey|${realm}|${signed.response.id}`, address }, async () => {
    const found = await store.findPasskey(signed.response.id);
    const expected = { realm, user: '', session: '', action: 'sign-in', object: '', verdict: 'confirm' as const };
    const verdict = await verifyPasskey(signed, expected, next.row.id, found?.counter ?? 0);
    const fits = verdict && found?.passkeyId === verdict.passkeyId && found.realm === realm;
    const started =
      fits &&
      (await fitting(() =>
        store.startWithPasskey(next.secret, { userId: verdict.userId, realm, address }, verdict, {
          session: next.row,
          addressPrefix: addressPrefix(address),
          userAgent: printable(input.userAgent),
          ttlSeconds: SESSION_SECONDS,
        }),
      ));
    if (started) return true;
    // Not even the log says whose credential it was: the attempt proves nothing about them.
    await refuseSignIn({ realm, email: '', userId: null, address, code: 'identity.passkey' });
    return null;
  });
  if (!begun) throw errors('identity.passkey');
  return { secret: next.secret };
}

/** Asks for a passkey of whoever gave the password. Throws `identity.factor.none`. */
export async function beginPasskeyFactor(secret: string): Promise<PasskeyRequest> {
  const { realm, userId, sessionId } = await raisableSession(secret);
  const active = (await store.passkeysOf(secret)).filter(({ state }) => state === 'active');
  if (active.length === 0) throw errors('identity.factor.none');
  return askForPasskey(realm, { userId, sessionId, action: 'sign-in' }, active);
}

/** A passkey as second factor. The session is replaced by one with both factors. Throws `identity.passkey`. */
export async function givePasskey(secret: string, signed: Signed, address: string): Promise<{ secret: string }> {
  const session = await raisableSession(secret);
  const who = { ...session, address };
  const next = newSession();
  const raised = await throttled({ subject: `passkey|${session.userId}`, address }, async () => {
    const { realm, userId, sessionId } = session;
    const found = (await store.passkeysOf(secret)).find(({ credentialId }) => credentialId === signed.response.id);
    const expected = { realm, user: userId, session: sessionId, action: 'sign-in', object: '' };
    const verdict = await verifyPasskey(signed, expected, sessionId, found?.counter ?? 0);
    const fits = verdict && found?.passkeyId === verdict.passkeyId;
    if (fits && (await fitting(() => store.raiseWithPasskey(secret, who, verdict, next.row)))) return true;
    await refuseSignIn({ ...who, code: 'identity.passkey' });
    await tellHalfSignIn(secret);
    return null;
  });
  if (!raised) throw errors('identity.passkey');
  return { secret: next.secret };
}

/** The password only; or staff who came as far as an authenticator gets them, and whose passkey has been endorsed since. */
async function raisableSession(secret: string): Promise<LiveSession> {
  const session = await readSession(secret);
  if (!session) throw errors('identity.session.none');
  if (session.aal !== 1 && session.raisedBy !== 'totp') throw errors('identity.session.complete');
  return session;
}

/** False when the database found that it does not fit after all. */
async function fitting(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isCordonError(error) && DOES_NOT_FIT.includes(error.code)) return false;
    throw error;
  }
}
