import type { Primitives } from '../primitives';
import type { Region } from '../region';
import { PROTOCOL } from './messages';

/**
 * The hash chain of a region and the bytes a signature covers. Shared by the signer (keyring), the server (control) and
 * the verifier (edge), so that there is one definition of each.
 */
type Hash = Pick<Primitives, 'sha256'>;

/** Hex hash of a snapshot: SHA-256 of its payload. A snapshot restarts the chain. */
export function snapshotHash(hash: Hash, payload: Uint8Array): string {
  return toHex(hash.sha256(payload));
}

/** Hex hash after a delta: SHA-256(base hash || SHA-256(payload)), over raw bytes. Throws RangeError unless `baseHash` is 64 hex digits. */
export function deltaHash(hash: Hash, baseHash: string, payload: Uint8Array): string {
  if (!isHash(baseHash)) throw new RangeError('chain.base_hash');
  const joined = new Uint8Array(64);
  for (let i = 0; i < 32; i++) joined[i] = Number.parseInt(baseHash.slice(2 * i, 2 * i + 2), 16);
  joined.set(hash.sha256(payload), 32);
  return toHex(hash.sha256(joined));
}

export type SignedType = 'Snapshot' | 'Delta' | 'Beat';

/** What Ed25519 signs: `fence-sync/1\n<type>\n<region>\n` followed by the payload exactly as sent. */
export function signatureInput(type: SignedType, region: Region, payload: Uint8Array): Uint8Array {
  const prefix = new TextEncoder().encode(`${PROTOCOL}\n${type}\n${region}\n`);
  const input = new Uint8Array(prefix.length + payload.length);
  input.set(prefix, 0);
  input.set(payload, prefix.length);
  return input;
}

/** Id of a verification key: the first 16 hex characters of SHA-256 of the raw 32-byte public key. */
export function keyIdOf(hash: Hash, rawPublicKey: Uint8Array): string {
  return toHex(hash.sha256(rawPublicKey)).slice(0, 16);
}

export const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
