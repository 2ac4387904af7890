import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { challengeOf } from '@/lib/kernel/act';
import { primitives } from '@/lib/primitives';
import { rpIdOf } from './origins';

/**
 * Whether a passkey signed a statement (W3C Web Authentication level 3, section 7.2): the one place where it is decided, for the keyring when
 * it happens and for `cordon act verify` years later. All values are base64url.
 */
export interface SignedStatement {
  statement: string;
  credentialId: string;
  /** COSE key. */
  publicKey: string;
  /** The only origin it may have happened on; its host name is the relying party. */
  origin: string;
  clientDataJSON: string;
  authenticatorData: string;
  signature: string;
  /** Signatures counted so far; 0 checks nothing. */
  counter: number;
}

export type AssertionFault =
  /** Bytes that are no assertion, or no answer of `navigator.credentials.get()` on the page itself. */
  | 'malformed'
  /** Made for another statement. */
  | 'challenge'
  /** Made on another origin. */
  | 'origin'
  /** Made for another relying party. */
  | 'relying_party'
  /** The authenticator did not ask for PIN or biometric. */
  | 'user_verification'
  /** Not made by this key, or with a counter that went backwards. */
  | 'signature';

export type AssertionVerdict = { good: true; counter: number } | { good: false; fault: AssertionFault };

const USER_VERIFIED = 0x04;
/** Hash of the relying party, flags, counter. */
const AUTHENTICATOR_DATA_BYTES = 37;

export async function verifyAssertion(signed: SignedStatement): Promise<AssertionVerdict> {
  const refused = (fault: AssertionFault): AssertionVerdict => ({ good: false, fault });
  const challenge = Buffer.from(challengeOf(signed.statement, primitives)).toString('base64url');
  const client = readClientData(signed.clientDataJSON);
  const data = Buffer.from(signed.authenticatorData, 'base64url');
  if (client?.type !== 'webauthn.get' || data.length < AUTHENTICATOR_DATA_BYTES) return refused('malformed');
  if (client.challenge !== challenge) return refused('challenge');
  if (client.origin !== signed.origin || client.crossOrigin === true) return refused('origin');
  const rpId = rpIdOf(signed.origin);
  if (!data.subarray(0, 32).equals(primitives.sha256(Buffer.from(rpId)))) return refused('relying_party');
  if ((data.readUInt8(32) & USER_VERIFIED) === 0) return refused('user_verification');
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id: signed.credentialId,
        rawId: signed.credentialId,
        type: 'public-key',
        clientExtensionResults: {},
        response: signed,
      },
      expectedChallenge: challenge,
      expectedOrigin: signed.origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      credential: {
        id: signed.credentialId,
        publicKey: new Uint8Array(Buffer.from(signed.publicKey, 'base64url')),
        counter: signed.counter,
      },
    });
    return verified ? { good: true, counter: authenticationInfo.newCounter } : refused('signature');
  } catch {
    // Malformed CBOR, DER or keys, and a counter that did not rise: all the same to whoever asks.
    return refused('signature');
  }
}

function readClientData(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
