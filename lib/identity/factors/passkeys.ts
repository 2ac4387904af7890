import 'server-only';
import { asking, type StepUpAsk, stepUpRequired } from '@/lib/authz';
import { createLog, newId } from '@/lib/platform';
import { errors } from '../errors';
import { keyring } from '../keyring';
import type { EnrolledPasskey } from '../schemas';
import { fullSession, type LiveSession, newSession, readSession } from '../sessions/sessions';
import { hasStepUp } from '../step-up/store';
import { hashesOf, newRecoveryCodes } from './recovery-codes';
import * as store from './store';
import { askForNewPasskey, described, fingerprint, madeKey, type PasskeyCreation } from './webauthn';

/**
 * One's own passkeys: setting up, naming, taking away. The keyring keeps a registry of its own, which is what signatures are checked against;
 * the row here is for showing, and for the database's rules. Both come and go together.
 */
const log = createLog('console');

export interface PasskeyView {
  readonly id: string;
  readonly name: string;
  /** False when it may be copied to other devices of its owner. */
  readonly deviceBound: boolean;
  readonly state: 'pending' | 'active';
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly fingerprint: string;
}

/**
 * Begins setting up a passkey: the first factor with the password alone, a new one after recovery codes, or a further one. Throws
 * `identity.factor.exists`, and `identity.passkey.waiting` while an earlier one waits to be endorsed.
 */
export async function beginPasskeyEnrolment(secret: string): Promise<PasskeyCreation> {
  const session = await enrollingSession(secret);
  // After recovery codes every old passkey goes, so the same authenticator may hold the new one.
  const present = session.raisedBy === 'recovery' ? [] : await store.passkeysOf(secret);
  return askForNewPasskey(session, newId('psk'), present);
}

export interface Enrolled {
  /** Of the session with both factors that replaces this one; null while the passkey waits to be endorsed. */
  readonly secret: string | null;
  readonly deviceBound: boolean;
  /** To be read to whoever endorses it. */
  readonly fingerprint: string;
  /** Shown this once; empty for a further factor. */
  readonly recoveryCodes: string[];
}

/**
 * Keeps the passkey the browser made. Asks for a step-up where there is a factor already; the same answer is then sent again. Throws
 * `identity.passkey` when it does not fit what was asked.
 */
export async function confirmPasskeyEnrolment(
  secret: string,
  made: EnrolledPasskey,
  address: string,
): Promise<Enrolled> {
  const session = await enrollingSession(secret);
  const { publicKey, deviceBound } = madeKey(made.response.response.attestationObject);
  const print = fingerprint(publicKey);
  const ask: StepUpAsk = {
    action: 'passkey.add',
    object: session.userId,
    terms: [
      ['New passkey', described(made.name, deviceBound)],
      ['Fingerprint', print],
    ],
  };
  const further = isFurther(session);
  // Before the keyring is asked: its statement is good once, and the browser's answer must be good for a second try.
  if (further && !(await hasStepUp(secret, ask))) throw stepUpRequired(ask);

  const { statement, mac, passkeyId, response } = made;
  const { realm, userId, sessionId } = session;
  const kept = await keyring('passkey.register', {
    ...{ statement, mac, passkeyId, realm, userId, sessionId },
    attestation: response,
  });
  // As `cordon.add_passkey` keeps them: with a first factor or the one after recovery. Staff who had an authenticator keep their codes.
  const recoveryCodes = ['', 'recovery'].includes(session.raisedBy) ? newRecoveryCodes() : [];
  const next = newSession();
  try {
    await asking(ask, (terms) =>
      store.addPasskey(
        secret,
        { ...session, address },
        { ...kept, passkeyId, name: made.name, fingerprint: print, signsIn: !further },
        { terms, recoveryHashes: hashesOf(recoveryCodes), next: next.row },
        forget,
      ),
    );
  } catch (error) {
    await forget([passkeyId]).catch((failure) => log.error('passkey left at the keyring', { userId, error: failure }));
    throw error;
  }
  return {
    secret: kept.state === 'active' ? next.secret : null,
    deviceBound: kept.deviceBound,
    fingerprint: print,
    recoveryCodes,
  };
}

/** One's own, oldest first, waiting ones too. */
export const listPasskeys = (secret: string): Promise<PasskeyView[]> => store.listPasskeys(secret);

/** Fingerprints of one's own passkeys that wait to be endorsed. Answers with the password alone, too. */
export async function waitingFingerprints(secret: string): Promise<string[]> {
  const keys = await store.passkeysOf(secret);
  return keys.filter(({ state }) => state === 'pending').map(({ publicKey }) => fingerprint(publicKey));
}

/** `name` as `schemas.passkeyName` gives it. Throws `identity.passkey.unknown`. */
export async function renamePasskey(secret: string, id: string, name: string, address: string): Promise<void> {
  const session = await fullSession(secret);
  const before = await ownPasskey(secret, id);
  if (before.name !== name)
    await store.renamePasskey(secret, { ...session, address }, { id, before: before.name, after: name });
}

/**
 * Takes a passkey away, here and at the keyring, and ends the sessions it began; with `endOthers` every session but this one. Asks for a
 * step-up. Throws `identity.passkey.unknown`, `passkey.last_factor`.
 */
export async function removePasskey(secret: string, id: string, endOthers: boolean, address: string): Promise<void> {
  const session = await fullSession(secret);
  const { name, deviceBound, fingerprint: print } = await ownPasskey(secret, id);
  const ask: StepUpAsk = {
    action: 'passkey.remove',
    object: id,
    terms: [
      ['Remove passkey', described(name, deviceBound)],
      ['Fingerprint', print],
      ['Other sessions', endOthers ? 'end' : 'those it began end'],
    ],
  };
  const removed = { id, name, fingerprint: print, endOthers };
  await asking(ask, (terms) => store.removePasskey(secret, { ...session, address }, removed, terms, forget));
}

/** At the keyring. Runs last in the transaction that takes the rows away, so that without its answer nothing changes. */
export const forget = async (passkeyIds: readonly string[]): Promise<void> => {
  if (passkeyIds.length > 0) await keyring('passkey.remove', { passkeyIds: [...passkeyIds] });
};

async function ownPasskey(secret: string, id: string): Promise<PasskeyView> {
  const found = (await store.listPasskeys(secret)).find((passkey) => passkey.id === id);
  if (!found) throw errors('identity.passkey.unknown');
  return found;
}

/** Whether there is a factor that must agree to another one. Staff with an authenticator only come to a passkey without. */
const isFurther = ({ aal, raisedBy, realm }: LiveSession): boolean =>
  aal === 2 && raisedBy !== 'recovery' && !(realm === 'staff' && raisedBy === 'totp');

async function enrollingSession(secret: string): Promise<LiveSession> {
  const session = await readSession(secret);
  if (!session) throw errors('identity.session.none');
  const { aal, raisedBy, hasTotp, passkeys, passkeysPending } = session;
  if (raisedBy === 'recovery' || isFurther(session)) return session;
  if (passkeysPending > 0) throw errors('identity.passkey.waiting');
  if (passkeys > 0 || (aal === 1 && hasTotp)) throw errors('identity.factor.exists');
  return session;
}
