import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { isPublicKey } from '@/lib/kernel/log';

const { Point } = ed25519;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/**
 * Verifies Ed25519 where there is no Node (`ed25519.ts`), exactly as `ed25519.ts` does: neither key nor R is of small order, S is below the order, and the encoding of [S]B - [k]A is R byte for byte. The
 * library's own `verify` multiplies by the cofactor, as ZIP 215 and FIPS 186-5 allow, and so accepts signatures that OpenSSL, Go and the
 * specification of the log refuse. Nothing here is secret, so nothing takes constant time.
 */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  if (!isPublicKey(publicKey) || !isPublicKey(signature.subarray(0, 32))) return false;
  const [r, s] = [signature.subarray(0, 32), numberOf(signature.subarray(32))];
  const hash = sha512.create().update(r).update(publicKey).update(message).digest();
  const k = numberOf(hash) % Point.Fn.ORDER;
  try {
    const found = Point.BASE.multiplyUnsafe(s).subtract(Point.fromBytes(publicKey).multiplyUnsafe(k)).toBytes();
    return found.every((byte, i) => byte === r[i]);
  } catch {
    // S is not below the order, which the library checks, or the key is no point.
    return false;
  }
}

/** Little-endian. */
const numberOf = (bytes: Uint8Array): bigint => bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
