import 'server-only';
import { asking, type StepUpAsk } from '@/lib/authz';
import { tellHalfSignIn } from '@/lib/notices';
import { newId } from '@/lib/platform';
import { throttled } from '../abuse/throttle';
import { errors } from '../errors';
import { keyring } from '../keyring';
import { firstFactorSession, fullSession, type LiveSession, newSession, readSession } from '../sessions/sessions';
import { refuseSignIn, refuseStepUp } from '../store';
import { forget } from './passkeys';
import { hashesOf, newRecoveryCodes } from './recovery-codes';
import * as store from './store';

/**
 * Begins setting up an authenticator: the first one with the password alone, a new one after recovery codes, else with a step-up, which it
 * asks for. `uri` is otpauth:// for the QR code, `key` the same secret in base32; both are shown once. Throws `identity.factor.exists`.
 */
export async function beginEnrolment(secret: string): Promise<{ uri: string; key: string }> {
  const session = await enrollingSession(secret);
  const factorId = newId('fac');
  const made = await keyring('totp.enrol', {
    userId: session.userId,
    factorId,
    label: session.email,
    issuer: session.realm === 'staff' ? 'Cordon staff' : 'Cordon',
  });
  const ask: StepUpAsk = {
    action: 'totp.enrol',
    object: session.userId,
    terms: [
      ['Authenticator app', session.hasTotp ? 'a new one replaces the present one' : 'a new one is added'],
      ['Recovery codes', 'new ones replace all present ones'],
      ['Other sessions', 'end'],
    ],
  };
  await asking(ask, (terms) => store.beginTotp(secret, factorId, made.sealed, terms));
  return { uri: made.uri, key: made.secret };
}

/**
 * Confirms the authenticator with its first code. It replaces any earlier one, after recovery codes every passkey too, and every other
 * session ends. The session is replaced by one with both factors; `recoveryCodes` are returned this once and kept only as hashes. Throws
 * `identity.code`.
 */
export async function confirmEnrolment(secret: string, code: string, address: string) {
  const session = await enrollingSession(secret);
  const proof = await prove(secret, session, code, address, SIGN_IN, { enrolling: true });
  const recoveryCodes = newRecoveryCodes();
  const next = newSession();
  await store.confirmTotp(secret, { ...session, address }, proof, hashesOf(recoveryCodes), next.row, forget);
  return { secret: next.secret, recoveryCodes };
}

/** Second factor at sign-in. The session is replaced by one with both factors. Throws `identity.code`. */
export async function giveCode(secret: string, code: string, address: string): Promise<{ secret: string }> {
  const session = await firstFactorSession(secret);
  if (!session.hasTotp) throw errors('identity.factor.none');
  const proof = await prove(secret, session, code, address, SIGN_IN);
  const next = newSession();
  await store.raiseSession(secret, { ...session, address }, proof, next.row);
  return { secret: next.secret };
}

/**
 * Takes the authenticator of somebody who has a passkey away, and with `endOthers` ends every session but this one. Asks for a step-up.
 * Throws `passkey.last_factor`.
 */
export async function removeAuthenticator(secret: string, endOthers: boolean, address: string): Promise<void> {
  const session = await fullSession(secret);
  if (!session.hasTotp) throw errors('identity.factor.none');
  await asking(
    {
      action: 'totp.enrol',
      object: session.userId,
      terms: [
        ['Authenticator app', 'the present one is removed'],
        ['Other sessions', endOthers ? 'end' : 'go on'],
      ],
    },
    (terms) => store.removeTotp(secret, { ...session, address }, endOthers, terms),
  );
}

/** Since when the signed-in person's authenticator is in use, and how many of their recovery codes are unused. */
export const readFactors = (secret: string) => store.readFactors(secret);

async function enrollingSession(secret: string): Promise<LiveSession> {
  const session = await readSession(secret);
  if (!session) throw errors('identity.session.none');
  const { aal, hasTotp, passkeys, passkeysPending } = session;
  if (aal === 1 && (hasTotp || passkeys + passkeysPending > 0)) throw errors('identity.factor.exists');
  return session;
}

/** What a code is given for: the guarded act, the id of what it acts upon, and the digest of its terms. */
interface Purpose {
  readonly action: string;
  readonly object: string;
  readonly terms: string;
}
const SIGN_IN: Purpose = { action: 'sign-in', object: '', terms: '' };

export interface CodeProof {
  readonly factorId: string;
  readonly timeStep: number;
  readonly issuedAt: number;
  readonly proof: string;
  readonly ticket: string;
}

/** Has the keyring verify a code for one purpose. Wrong, malformed and used codes are all `identity.code` and count as failures. */
export async function prove(
  secret: string,
  session: LiveSession,
  code: string,
  address: string,
  purpose: Purpose,
  { enrolling = false } = {},
): Promise<CodeProof> {
  const proof = await throttled({ subject: `factor|${session.userId}`, address }, async () => {
    const factor = await store.totpFactor(secret, enrolling);
    if (!factor) throw errors('identity.factor.none');
    const verdict = await keyring('totp.verify', {
      userId: session.userId,
      factorId: factor.factorId,
      sealed: factor.sealed,
      code,
      lastStep: factor.lastStep,
      purpose: { sessionId: session.sessionId, userId: session.userId, ...purpose },
    });
    if (!verdict.valid) {
      if (session.aal === 1) await refuseSignIn({ ...session, address, code: 'identity.code' });
      else await refuseStepUp(secret, { ...session, address }, purpose, 'identity.code');
      if (!enrolling) await tellHalfSignIn(secret);
      return null;
    }
    return { factorId: factor.factorId, ...verdict };
  });
  if (!proof) throw errors('identity.code');
  return proof;
}
