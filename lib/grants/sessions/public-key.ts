import { createHash } from 'node:crypto';

/** Length of an ed25519 key blob: two strings, each with its length in four bytes (RFC 8709, section 4). */
const BLOB_BYTES = 4 + 11 + 4 + 32;
const KIND = 'ssh-ed25519';

/** An OpenSSH public key as somebody pasted it, without its comment, and its fingerprint; null for anything but one ed25519 key. */
export function readPublicKey(text: string): { line: string; fingerprint: string } | null {
  const [kind, base64, ...comment] = text.trim().split(/[ \t]+/);
  if (text.length > 1024 || kind !== KIND || !base64 || /[\r\n]/.test(text.trim()) || comment.length > 16) return null;
  const blob = Buffer.from(base64, 'base64');
  // Whatever Buffer read loosely does not come out again as it went in.
  if (blob.length !== BLOB_BYTES || blob.toString('base64') !== base64) return null;
  if (blob.readUInt32BE(0) !== KIND.length || blob.toString('latin1', 4, 15) !== KIND || blob.readUInt32BE(15) !== 32)
    return null;
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
  return { line: `${KIND} ${base64}`, fingerprint };
}
