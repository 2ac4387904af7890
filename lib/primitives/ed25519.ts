import { verify } from 'node:crypto';
import { isPublicKey, type VerifyEd25519 } from '@/lib/kernel/log';

/** What precedes the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Ed25519 (RFC 8032) by the host, for what the kernel verifies. A public key that is no point of the curve verifies nothing. Versions of OpenSSL
 * differ on keys and R of small order, which no honest signer has, so that is decided here.
 */
export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) =>
  isPublicKey(publicKey) &&
  isPublicKey(signature.subarray(0, 32)) &&
  verify(null, message, { key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' }, signature);
