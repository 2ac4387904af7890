import { decodeBase64, encodeBase64 } from '../encoding';
import { type Hash, isPublicKey } from '../log';
import { KEY_BYTES, MAX_COMMENT, MAX_LINE, SIGNATURE_BYTES } from './limits';
import { concat, string, WireReader } from './wire';

/** Public keys and signatures of Ed25519 as SSH writes them (RFC 8709), and the lines of OpenSSH's files (sshd(8), AUTHORIZED_KEYS). */
export const KEY_TYPE = 'ssh-ed25519';

/** `string "ssh-ed25519" | string key`: what fingerprints are made of. Throws RangeError when the key has not 32 bytes. */
export function keyBlob(publicKey: Uint8Array): Uint8Array {
  if (publicKey.length !== KEY_BYTES) throw new RangeError('ssh.key');
  return concat(string(KEY_TYPE), string(publicKey));
}

/** The 32 bytes of the key; null for any other bytes, and for keys that no honest signer has (`isPublicKey`). */
export function parseKeyBlob(blob: Uint8Array): Uint8Array | null {
  const publicKey = pairOf(blob);
  return publicKey && isKey(publicKey) ? publicKey : null;
}

/** `string "ssh-ed25519" | string signature`. Throws RangeError when the signature has not 64 bytes. */
export function signatureBlob(signature: Uint8Array): Uint8Array {
  if (signature.length !== SIGNATURE_BYTES) throw new RangeError('ssh.signature');
  return concat(string(KEY_TYPE), string(signature));
}

/** The 64 bytes of the signature; null for any other bytes. */
export function parseSignatureBlob(blob: Uint8Array): Uint8Array | null {
  const signature = pairOf(blob);
  return signature?.length === SIGNATURE_BYTES ? signature : null;
}

export const isKey = (publicKey: Uint8Array): boolean => publicKey.length === KEY_BYTES && isPublicKey(publicKey);

/** `ssh-ed25519 AAAA… comment`. Throws RangeError for a key that has not 32 bytes, or a comment that would not parse again. */
export const formatPublicKey = (publicKey: Uint8Array, comment = ''): string =>
  formatLine(KEY_TYPE, keyBlob(publicKey), comment);

export interface PublicKeyLine {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly comment: string;
}

/** Reads a hostile line, without the newline that may end it in a file. Null for other types of keys, and for options before the key. */
export function parsePublicKey(line: string): PublicKeyLine | null {
  const parsed = parseLine(KEY_TYPE, line);
  const publicKey = parsed && parseKeyBlob(parsed.blob);
  return publicKey && { publicKey, comment: parsed.comment };
}

/** `SHA256:` and unpadded base64, as `ssh-keygen -l` and sshd print it. */
export const fingerprint = ({ sha256 }: Hash, publicKey: Uint8Array): string =>
  `SHA256:${encodeBase64(sha256(keyBlob(publicKey))).replace(/=+$/, '')}`;

export function formatLine(type: string, blob: Uint8Array, comment: string): string {
  if (!isComment(comment)) throw new RangeError('ssh.comment');
  return `${type} ${encodeBase64(blob)}${comment && ` ${comment}`}`;
}

/** Type, one space, base64, and after one space perhaps a comment. */
export function parseLine(type: string, line: string): { blob: Uint8Array; comment: string } | null {
  if (line.length > MAX_LINE || !line.startsWith(`${type} `)) return null;
  const from = type.length + 1;
  const space = line.indexOf(' ', from);
  const blob = decodeBase64(line.slice(from, space < 0 ? undefined : space));
  const comment = space < 0 ? '' : line.slice(space + 1);
  return blob && isComment(comment) && (space < 0 || comment !== '') ? { blob, comment } : null;
}

/** Printable ASCII, not beginning or ending with a space: it stands on a line of a file, and in terminals. */
const isComment = (comment: string): boolean =>
  comment.length <= MAX_COMMENT && /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/.test(comment);

function pairOf(blob: Uint8Array): Uint8Array | null {
  const reader = new WireReader(blob);
  const type = reader.text();
  const value = reader.string();
  return reader.done && type === KEY_TYPE ? value : null;
}
