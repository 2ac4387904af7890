import 'server-only';
import { createHash } from 'node:crypto';
import type {
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { decodeAttestationObject, isoBase64URL, parseAuthenticatorData } from '@simplewebauthn/server/helpers';
import { type ActStatement, parseStatement, termsDigest } from '@/lib/kernel/act';
import type { Input, Output } from '@/lib/keyring';
import { primitives } from '@/lib/primitives';
import { identityConfig } from '../config';
import { errors } from '../errors';
import { keyring } from '../keyring';
import type { Realm } from '../request/origins';
import type { Signed } from '../schemas';
import type { LiveSession } from '../sessions/sessions';

/**
 * The two questions a browser puts to an authenticator (W3C Web Authentication level 3) and how their answers are checked. Challenges are
 * made and answers verified by the keyring; here the options around them are written and what came back is compared with what was asked.
 */

/** As long as the keyring takes its own challenge back. */
const TIMEOUT_MILLISECONDS = 300_000;
/** ES256, EdDSA and RS256, as COSE numbers them: what platforms and security keys offer. */
const ALGORITHMS = [-7, -8, -257];

/** One's passkey as the browser is told of it. */
export interface Credential {
  readonly credentialId: string;
  readonly transports: readonly string[];
}

/** A question for the browser. Statement and MAC come back with the answer. */
export interface PasskeyRequest {
  readonly options: PublicKeyCredentialRequestOptionsJSON;
  readonly statement: string;
  readonly mac: string;
}

export interface PasskeyCreation {
  readonly options: PublicKeyCredentialCreationOptionsJSON;
  readonly statement: string;
  readonly mac: string;
  readonly passkeyId: string;
}

/** What is to be signed, but for the realm; what is left out is empty. */
type About = Partial<Omit<Input<'act.challenge'>, 'realm'>> & { action: string };

const challenge = (realm: Realm, about: About) =>
  keyring('act.challenge', {
    realm,
    userId: '',
    sessionId: '',
    object: '',
    version: '',
    terms: [],
    verdict: 'confirm',
    role: '',
    ...about,
  });

const descriptors = (credentials: readonly Credential[]) =>
  credentials.map(({ credentialId, transports }) => ({
    id: credentialId,
    type: 'public-key' as const,
    transports: [...transports] as AuthenticatorTransport[],
  }));

const relyingParty = (realm: Realm) => ({
  id: new URL(identityConfig().origins[realm]).hostname,
  name: realm === 'staff' ? 'Cordon staff' : 'Cordon',
});

/** Asks for a signature. Without credentials any passkey of this site may answer. */
export async function askForPasskey(
  realm: Realm,
  about: About,
  credentials: readonly Credential[] = [],
): Promise<PasskeyRequest> {
  const made = await challenge(realm, about);
  return {
    options: {
      challenge: made.challenge,
      rpId: relyingParty(realm).id,
      userVerification: 'required',
      timeout: TIMEOUT_MILLISECONDS,
      allowCredentials: descriptors(credentials),
    },
    statement: made.statement,
    mac: made.mac,
  };
}

/** Asks for a new passkey; an authenticator that holds one of `exclude` refuses. */
export async function askForNewPasskey(
  { realm, userId, sessionId, email, name }: LiveSession,
  passkeyId: string,
  exclude: readonly Credential[],
): Promise<PasskeyCreation> {
  const made = await challenge(realm, { userId, sessionId, action: 'passkey.register', object: passkeyId });
  return {
    options: {
      challenge: made.challenge,
      rp: relyingParty(realm),
      // The handle comes back from any discoverable passkey, so it says nothing about the person.
      user: { id: Buffer.from(userId, 'utf8').toString('base64url'), name: email, displayName: name },
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ alg, type: 'public-key' })),
      timeout: TIMEOUT_MILLISECONDS,
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      excludeCredentials: descriptors(exclude),
    },
    statement: made.statement,
    mac: made.mac,
    passkeyId,
  };
}

export type Assertion = Extract<Output<'act.verify'>, { valid: true }>;

/**
 * Has the keyring verify an answer. `expected` is what was asked here; an answer to another question is refused before it is looked at.
 * `sessionId` is the session it raises, begins or acts in; `counter` the signature counter the database remembers. Null when it does not fit.
 */
export async function verifyPasskey(
  signed: Signed,
  expected: Partial<ActStatement>,
  sessionId: string,
  counter: number,
): Promise<Assertion | null> {
  if (!isAbout(signed.statement, expected)) return null;
  const { statement, mac, response } = signed;
  try {
    const verdict = await keyring('act.verify', { statement, mac, assertion: response, sessionId, counter });
    return verdict.valid ? verdict : null;
  } catch (error) {
    if (errors.is(error) && error.code === 'identity.passkey') return null;
    throw error;
  }
}

function isAbout(text: string, expected: Partial<ActStatement>): boolean {
  const stated = parseStatement(text);
  if (!stated) return false;
  const { terms, ...fields } = expected;
  return (
    Object.entries(fields).every(([name, value]) => stated[name as keyof ActStatement] === value) &&
    (!terms || termsDigest('', stated.terms, primitives) === termsDigest('', terms, primitives))
  );
}

/**
 * A new passkey as the authenticator describes it, before the keyring has looked: its public key (COSE, base64url), and whether it stays on
 * its device. Throws `identity.passkey` for what cannot be read.
 */
export function madeKey(attestationObject: string): { publicKey: string; deviceBound: boolean } {
  try {
    const data = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject)).get('authData');
    const { credentialPublicKey, flags } = parseAuthenticatorData(data);
    if (!credentialPublicKey) throw new Error('no key');
    return { publicKey: isoBase64URL.fromBuffer(credentialPublicKey), deviceBound: !flags.be };
  } catch (error) {
    throw errors('identity.passkey', { cause: error });
  }
}

/**
 * A passkey's name for two people on the telephone: the first 16 hexadecimal characters of SHA-256 of its public key, in fours. The key, not the
 * credential id: that is what signatures are checked with, here and years later (`npx cordon act verify` prints the same).
 */
export const fingerprint = (publicKey: string): string =>
  createHash('sha256')
    .update(Buffer.from(publicKey, 'base64url'))
    .digest('hex')
    .slice(0, 16)
    .replace(/(.{4})(?=.)/g, '$1 ');

/** A passkey in the terms of a confirmation. */
export const described = (name: string, deviceBound: boolean): string =>
  `${name}, ${deviceBound ? 'device-bound' : 'synced'}`;
