import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { VerifyingHost } from '@/lib/kernel/pack';

/**
 * What packs need of a browser. Web Crypto answers with promises and hashes nothing in pieces, and Ed25519 is young in it; the kernel hashes
 * synchronously, some 40 times for an event.
 */
export const host: VerifyingHost = {
  sha256: (bytes) => sha256(bytes),
  hasher() {
    const hash = sha256.create();
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  },
  verifyEd25519(publicKey, message, signature) {
    try {
      // RFC 8032 to the letter, as OpenSSL: not the wider ZIP 215.
      return ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      return false;
    }
  },
};
