import 'server-only';
import { asPerson, door, type Tx, withoutTenant } from '@/lib/db';
import { isCordonError } from '@/lib/platform';
import { appendOwn, appendSignIn, type Bytes, type NewSession, type Somebody } from '../store';
import type { PasskeyView } from './passkeys';
import type { CodeProof } from './totp';
import { type Assertion, fingerprint } from './webauthn';

/** Second factors: what is set up and what raises a session. */
type Forget = (passkeyIds: readonly string[]) => Promise<void>;

/** Who is raising a session, known from the row that is about to be replaced. */
interface Raising extends Somebody {
  readonly email: string;
}

// ---- authenticator app

export async function totpFactor(secret: string, enrolling: boolean) {
  const row = await withoutTenant((tx) => door.totpFactor(tx, secret, enrolling));
  return row ? { factorId: row.factor_id, sealed: row.sealed, lastStep: Number(row.last_step) } : null;
}

export const beginTotp = (secret: string, factorId: string, sealed: string, terms: string): Promise<void> =>
  withoutTenant((tx) => door.beginTotp(tx, secret, factorId, sealed, terms));

/** After recovery codes every passkey goes with it, at the keyring too. */
export const confirmTotp = (
  secret: string,
  who: Raising & { readonly raisedBy: string },
  proof: CodeProof,
  recoveryHashes: Bytes[],
  next: NewSession,
  forget: Forget,
): Promise<void> =>
  withoutTenant(async (tx) => {
    const gone = await passkeysLeftBehind(tx, secret, who);
    await door.confirmTotp(tx, secret, proof, recoveryHashes, next);
    await appendOwn(tx, who, { schema: 'totp.enrolled@1', object: { type: 'factor', id: proof.factorId }, fields: {} });
    if (who.raisedBy === '' || who.raisedBy === 'recovery') await appendSignIn(tx, who, next.id, 'totp');
    await forget(gone);
  });

export const raiseSession = (secret: string, who: Raising, proof: CodeProof, next: NewSession): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.raiseSession(tx, secret, proof, next);
    await appendSignIn(tx, who, next.id, 'totp');
  });

export const removeTotp = (secret: string, who: Somebody, endOthers: boolean, terms: string): Promise<void> =>
  asPerson(secret, async (tx) => {
    await door.removeTotp(tx, secret, terms);
    if (endOthers) await door.endOtherSessions(tx, secret);
    await appendOwn(tx, who, { schema: 'totp.removed@1', object: { type: 'user', id: who.userId }, fields: {} });
  });

/** Since when the authenticator is in use and how many recovery codes are left, of the signed-in person. */
export const readFactors = (secret: string): Promise<{ authenticatorSince: Date | null; recoveryCodesLeft: number }> =>
  asPerson(secret, async (tx, who) => {
    const factor = await tx.prisma.totpFactor.findFirst({
      where: { userId: who.userId, confirmedAt: { not: null } },
      select: { confirmedAt: true },
      orderBy: { confirmedAt: 'desc' },
    });
    const recoveryCodesLeft = await tx.prisma.recoveryCode.count({ where: { userId: who.userId, usedAt: null } });
    return { authenticatorSince: factor?.confirmedAt ?? null, recoveryCodesLeft };
  });

// ---- passkeys

/** The active passkey behind a credential id, before anybody is signed in. */
export async function findPasskey(credentialId: string) {
  const row = await withoutTenant((tx) => door.findPasskey(tx, credentialId));
  return row ? { passkeyId: row.passkey_id, realm: row.realm, counter: Number(row.counter) } : null;
}

/** Those of whoever holds the session, with the password alone too. */
export async function passkeysOf(secret: string) {
  const rows = await withoutTenant((tx) => door.passkeysOf(tx, secret));
  return rows.map((row) => ({
    passkeyId: row.passkey_id,
    credentialId: row.credential_id,
    publicKey: row.public_key,
    transports: row.transports,
    counter: Number(row.counter),
    state: row.state,
  }));
}

export const listPasskeys = (secret: string): Promise<PasskeyView[]> =>
  asPerson(secret, async (tx, who) => {
    const rows = await tx.prisma.passkey.findMany({
      where: { userId: who.userId },
      select: {
        id: true,
        name: true,
        deviceBound: true,
        state: true,
        createdAt: true,
        lastUsedAt: true,
        publicKey: true,
      },
      orderBy: { createdAt: 'asc' },
    });
    return rows.map(({ publicKey, state, ...row }) => ({
      ...row,
      state: state as PasskeyView['state'],
      fingerprint: fingerprint(publicKey),
    }));
  });

interface Added extends Omit<door.NewPasskey, 'proof' | 'issuedAt'> {
  readonly issuedAt: number;
  readonly proof: string;
  readonly fingerprint: string;
  /** Whether this is how the person comes in, rather than a further factor of somebody who is in. */
  readonly signsIn: boolean;
}

/** After recovery codes every other passkey goes with it, at the keyring too. */
export const addPasskey = (
  secret: string,
  who: Raising & { readonly raisedBy: string },
  passkey: Added,
  { terms, recoveryHashes, next }: { terms: string; recoveryHashes: Bytes[]; next: NewSession },
  forget: Forget,
): Promise<void> =>
  withoutTenant(async (tx) => {
    const gone = await passkeysLeftBehind(tx, secret, who);
    await door.addPasskey(tx, secret, passkey, terms, recoveryHashes, next);
    const { passkeyId, deviceBound, state, name } = passkey;
    await appendOwn(tx, who, {
      schema: 'passkey.added@1',
      object: { type: 'passkey', id: passkeyId },
      fields: { deviceBound, state, credential: passkey.fingerprint, name },
    });
    if (state === 'active' && passkey.signsIn) await appendSignIn(tx, who, next.id, 'passkey');
    await forget(gone);
  });

async function passkeysLeftBehind(tx: Tx, secret: string, { raisedBy }: { raisedBy: string }): Promise<string[]> {
  if (raisedBy !== 'recovery') return [];
  return (await door.passkeysOf(tx, secret)).map(({ passkey_id }) => passkey_id);
}

export const renamePasskey = (
  secret: string,
  who: Somebody,
  { id, before, after }: { id: string; before: string; after: string },
): Promise<void> =>
  asPerson(secret, async (tx) => {
    await door.renamePasskey(tx, id, after);
    await appendOwn(tx, who, {
      schema: 'passkey.renamed@1',
      object: { type: 'passkey', id },
      fields: { before, after },
    });
  });

export const removePasskey = (
  secret: string,
  who: Somebody,
  { id, name, fingerprint, endOthers }: { id: string; name: string; fingerprint: string; endOthers: boolean },
  terms: string,
  forget: Forget,
): Promise<void> =>
  asPerson(secret, async (tx) => {
    await door.removePasskey(tx, secret, id, endOthers, terms);
    await appendOwn(tx, who, {
      schema: 'passkey.removed@1',
      object: { type: 'passkey', id },
      fields: { credential: fingerprint, name },
    });
    await forget([id]);
  });

/** A session with both factors from a passkey alone. */
export const startWithPasskey = (
  secret: string,
  who: Somebody,
  assertion: Assertion,
  input: { session: NewSession; addressPrefix: string; userAgent: string; ttlSeconds: number },
): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.startSessionWithPasskey(tx, assertion, input);
    const { email } = (await door.session(tx, secret))!;
    await appendSignIn(tx, { ...who, email }, input.session.id, 'passkey');
  });

export const raiseWithPasskey = (secret: string, who: Raising, assertion: Assertion, next: NewSession): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.raiseSessionWithPasskey(tx, secret, assertion, next);
    await appendSignIn(tx, who, next.id, 'passkey');
  });

// ---- recovery codes

/** False when a code is unknown or used, or when there are not as many as it takes. */
export async function raiseWithRecovery(
  secret: string,
  who: Raising,
  codes: readonly string[],
  next: NewSession,
): Promise<boolean> {
  try {
    await withoutTenant(async (tx) => {
      await door.raiseSessionWithRecovery(tx, secret, codes, next);
      const left = await tx.prisma.recoveryCode.count({ where: { userId: who.userId, usedAt: null } });
      await appendOwn(tx, who, {
        schema: 'recovery.used@1',
        object: { type: 'user', id: who.userId },
        fields: { left },
      });
      await appendSignIn(tx, who, next.id, 'recovery');
    });
    return true;
  } catch (error) {
    if (isCordonError(error) && error.code === 'recovery.invalid') return false;
    throw error;
  }
}

export const renewRecoveryCodes = (
  secret: string,
  who: Somebody,
  recoveryHashes: Bytes[],
  terms: string,
): Promise<void> =>
  asPerson(secret, async (tx) => {
    await door.renewRecoveryCodes(tx, secret, recoveryHashes, terms);
    await appendOwn(tx, who, { schema: 'recovery.renewed@1', object: { type: 'user', id: who.userId }, fields: {} });
  });
