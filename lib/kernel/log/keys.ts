import { decodeBase64, encodeBase64, fromHex, toHex, utf8Length } from '../encoding';
import { sameBytes, utf8 } from './bytes';
import { MAX_KEY_NAME } from './limits';
import type { Hash } from './merkle';
import { isPublicKey } from './public-key';

/** A key of signed notes and its text, the vkey (C2SP signed-note). */
export interface NoteKey {
  readonly name: string;
  /** Big-endian number of the four bytes before a signature. An identifier, no proof: collisions are easy to make. */
  readonly id: number;
  readonly algorithm: Algorithm;
  /** Ed25519, 32 bytes (RFC 8032). */
  readonly publicKey: Uint8Array;
}

/** Signs the text itself; signs `cosignature/v1`, a time and the text (C2SP tlog-cosignature). */
export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;
export type Algorithm = typeof ED25519 | typeof COSIGNATURE;

const PUBLIC_KEY_BYTES = 32;

/** Null when the name is not one, or the public key is none that an honest signer has (`isPublicKey`). */
export function noteKey(hash: Hash, name: string, algorithm: Algorithm, publicKey: Uint8Array): NoteKey | null {
  if (!isKeyName(name) || publicKey.length !== PUBLIC_KEY_BYTES || !isPublicKey(publicKey)) return null;
  return { name, id: idOf(hash, name, typed(algorithm, publicKey)), algorithm, publicKey };
}

/** The vkey: `<name>+<key id, 8 hex digits>+<base64 of algorithm and public key>`. */
export const formatVkey = ({ name, id, algorithm, publicKey }: NoteKey): string =>
  `${name}+${id.toString(16).padStart(8, '0')}+${encodeBase64(typed(algorithm, publicKey))}`;

/** Null for anything but the vkey of an Ed25519 key or cosigner whose id fits it. */
export function parseVkey(hash: Hash, vkey: string): NoteKey | null {
  const [name = '', id = '', ...rest] = vkey.length > 2 * MAX_KEY_NAME ? [] : vkey.split('+');
  // Base64 may hold pluses of its own.
  const key = decodeBase64(rest.join('+'));
  const algorithm = key?.[0];
  if (!key || key.length !== 1 + PUBLIC_KEY_BYTES || (algorithm !== ED25519 && algorithm !== COSIGNATURE)) return null;
  const parsed = noteKey(hash, name, algorithm, key.subarray(1));
  const said = id.length === 8 ? fromHex(id) : null;
  return parsed && said && toHex(said) === parsed.id.toString(16).padStart(8, '0') ? parsed : null;
}

export const sameKey = (a: NoteKey, b: NoteKey): boolean =>
  a.name === b.name && a.algorithm === b.algorithm && sameBytes(a.publicKey, b.publicKey);

/** Neither spaces nor plus, which divide signature lines and vkeys, nor control characters. */
export function isKeyName(name: string): boolean {
  const bytes = name.length <= MAX_KEY_NAME ? utf8Length(name) : -1;
  return bytes > 0 && bytes <= MAX_KEY_NAME && !/[\p{White_Space}\p{Cc}+]/u.test(name);
}

function idOf({ sha256 }: Hash, name: string, key: Uint8Array): number {
  const prefix = utf8(`${name}\n`);
  const input = new Uint8Array(prefix.length + key.length);
  input.set(prefix);
  input.set(key, prefix.length);
  const [a, b, c, d] = sha256(input);
  return ((a! << 24) | (b! << 16) | (c! << 8) | d!) >>> 0;
}

function typed(algorithm: Algorithm, publicKey: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + publicKey.length);
  bytes[0] = algorithm;
  bytes.set(publicKey, 1);
  return bytes;
}
