import 'server-only';
import { newId } from '@/lib/platform';
import { throttled } from '../abuse/throttle';
import { errors } from '../errors';
import { keyring } from '../keyring';
import { firstFactorSession, type LiveSession, newSession, readSession } from '../sessions/sessions';
import * as store from '../store';
import { canonicalRecoveryCode, hashRecoveryCode, newRecoveryCodes } from './recovery-codes';

/**
 * Begins setting up an authenticator: the first one with the password alone, a new one after a recovery code or a step-up
 * for `totp.enrol` on the own user id; the database refuses all else. `uri` is otpauth:// for the QR code, `key` the same
 * secret in base32; both are shown once.
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
  await store.beginTotp(secret, factorId, made.sealed);
  return { uri: made.uri, key: made.secret };
}

/**
 * Confirms the authenticator with its first code. It replaces any earlier one, and every other session ends. The session
 * is replaced by one with both factors; `recoveryCodes` are returned this once and kept only as hashes. Throws `identity.code`.
 */
export async function confirmEnrolment(secret: string, code: string, address: string) {
  const session = await enrollingSession(secret);
  const proof = await prove(secret, session, code, address, { action: 'sign-in', object: '' }, { enrolling: true });
  const recoveryCodes = newRecoveryCodes();
  const next = newSession();
  await store.confirmTotp(
    secret,
    { ...session, address },
    proof,
    recoveryCodes.map((text) => hashRecoveryCode(canonicalRecoveryCode(text)!)),
    next.row,
  );
  return { secret: next.secret, recoveryCodes };
}

/** Second factor at sign-in. The session is replaced by one with both factors. Throws `identity.code`. */
export async function giveCode(secret: string, code: string, address: string): Promise<{ secret: string }> {
  const session = await firstFactorSession(secret);
  if (!session.hasTotp) throw errors('identity.factor.none');
  const proof = await prove(secret, session, code, address, { action: 'sign-in', object: '' });
  const next = newSession();
  await store.raiseSession(secret, { ...session, address }, proof, next.row);
  return { secret: next.secret };
}

/** A recovery code in place of the second factor. Works once. Throws `identity.recovery_code`. */
export async function giveRecoveryCode(secret: string, text: string, address: string): Promise<{ secret: string }> {
  const session = await firstFactorSession(secret);
  const next = newSession();
  const raised = await throttled({ subject: `factor|${session.userId}`, address }, async () => {
    const code = canonicalRecoveryCode(text);
    const used = code !== null && (await store.raiseWithRecovery(secret, { ...session, address }, code, next.row));
    if (!used) await store.refuseSignIn({ ...session, address, code: 'identity.recovery_code' });
    return used || null;
  });
  if (!raised) throw errors('identity.recovery_code');
  return { secret: next.secret };
}

async function enrollingSession(secret: string): Promise<LiveSession> {
  const session = await readSession(secret);
  if (!session) throw errors('identity.session.none');
  if (session.aal === 1 && session.hasTotp) throw errors('identity.factor.exists');
  return session;
}

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
  purpose: { action: string; object: string },
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
      if (session.aal === 1) await store.refuseSignIn({ ...session, address, code: 'identity.code' });
      else await store.refuseStepUp(secret, { ...session, address }, purpose, 'identity.code');
      return null;
    }
    return { factorId: factor.factorId, ...verdict };
  });
  if (!proof) throw errors('identity.code');
  return proof;
}
