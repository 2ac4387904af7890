import { challengeOf } from '../act';
import { fromUtf8, toUtf8 } from '../encoding';
import type { VerifyEd25519 } from '../log';
import type { Primitives } from '../primitives';
import { fromBase64url, toBase64url } from './base64url';
import { type PasskeyKey, readCoseKey } from './cose';
import { rawSignature } from './ecdsa';

/** An act that was confirmed with a passkey, as its evidence keeps it. Bytes are base64url. */
export interface SignedAct {
  readonly statement: string;
  /** COSE key. */
  readonly publicKey: string;
  /** The only origin it may have happened on; its host name is the relying party. */
  readonly origin: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
}

/** What signatures of passkeys need of their host. */
export interface PasskeyHost extends Pick<Primitives, 'sha256'> {
  readonly verifyEd25519: VerifyEd25519;
  /** ECDSA with P-256 (r and s, 64 bytes) or RSASSA-PKCS1-v1_5, both with SHA-256. False also for a key that is none. */
  verifyJwk(
    key: Extract<PasskeyKey, { jwk: object }>,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean | Promise<boolean>;
}

/** In the order they are looked for; the words are those of `AssertionFault` in lib/keyring. */
export const ASSERTION_FAULTS = {
  malformed: 'the signed data is no answer of a passkey',
  challenge: 'the signature is for another statement',
  origin: 'signed on another origin than the evidence says',
  relying_party: 'signed for another site',
  user_verification: 'the authenticator did not ask for PIN or biometric',
  signature: 'the signature is not by this key',
} as const;
export type AssertionFault = keyof typeof ASSERTION_FAULTS;

const FLAGS_AT = 32;
/** Hash of the relying party, flags, counter. */
const FIXED_BYTES = 37;
const PRESENT_AND_VERIFIED = 0x01 | 0x04;
const BACKUP_ELIGIBLE = 0x08;
const MORE_FOLLOWS = 0x40 | 0x80;

/**
 * What is wrong with a passkey's signature over a statement (W3C Web Authentication level 3, section 7.2), by what stands in the evidence alone;
 * null when nothing is. The counter is not looked at: its order is not known here.
 */
export async function assertionFault(host: PasskeyHost, signed: SignedAct): Promise<AssertionFault | null> {
  const [clientBytes, data, publicKey, signature] = [
    ...[signed.clientDataJSON, signed.authenticatorData, signed.publicKey, signed.signature].map(fromBase64url),
  ] as (Uint8Array | null)[];
  const client = clientBytes ? objectIn(clientBytes) : null;
  if (!clientBytes || client?.type !== 'webauthn.get' || !data || !isAuthenticatorData(data)) return 'malformed';
  if (client.challenge !== toBase64url(challengeOf(signed.statement, host))) return 'challenge';
  const rpId = /^https?:\/\/([a-z0-9.-]+)(?::\d{1,5})?$/.exec(signed.origin)?.[1];
  if (!rpId || client.origin !== signed.origin || client.crossOrigin === true) return 'origin';
  const site = host.sha256(toUtf8(rpId)!);
  if (!site.every((byte, i) => byte === data[i])) return 'relying_party';
  if ((data[FLAGS_AT]! & PRESENT_AND_VERIFIED) !== PRESENT_AND_VERIFIED) return 'user_verification';
  const key = publicKey && readCoseKey(publicKey);
  if (!key || !signature) return 'signature';
  const message = new Uint8Array(data.length + 32);
  message.set(data);
  message.set(host.sha256(clientBytes), data.length);
  return (await isSigned(host, key, message, signature)) ? null : 'signature';
}

/** Whether the passkey says that it cannot leave its device; false too for what is no authenticator data. */
export function isDeviceBound(authenticatorData: string): boolean {
  const data = fromBase64url(authenticatorData);
  return data !== null && isAuthenticatorData(data) && (data[FLAGS_AT]! & BACKUP_ELIGIBLE) === 0;
}

const isAuthenticatorData = (data: Uint8Array): boolean =>
  data.length === FIXED_BYTES || (data.length > FIXED_BYTES && (data[FLAGS_AT]! & MORE_FOLLOWS) !== 0);

async function isSigned(
  host: PasskeyHost,
  key: PasskeyKey,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (key.algorithm === 'EdDSA') return host.verifyEd25519(key.publicKey, message, signature);
  const raw = key.algorithm === 'ES256' ? rawSignature(signature) : signature;
  return raw !== null && (await host.verifyJwk(key, message, raw));
}

function objectIn(bytes: Uint8Array): Record<string, unknown> | null {
  const text = fromUtf8(bytes);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
