import { sha256 } from '@noble/hashes/sha2.js';
import type { VerifyingHost } from '@/lib/kernel/pack';
import { verifyEd25519 } from '@/lib/primitives/ed25519-portable';

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
  verifyEd25519,
};
