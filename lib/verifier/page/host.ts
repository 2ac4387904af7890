import { sha256 } from '@noble/hashes/sha2.js';
import type { VerifyingHost } from '@/lib/kernel/pack';
import { verifyEd25519 } from '@/lib/primitives/ed25519-portable';

/** Algorithms of Web Crypto, by their names in JOSE. */
const ALGORITHMS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
} as const;

/** Absent where a page is in no secure context. */
const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
const verifyJwk: VerifyingHost['verifyJwk'] = subtle
  ? async ({ algorithm, jwk }, message, signature) => {
      const how = ALGORITHMS[algorithm];
      const key = await subtle.importKey('jwk', jwk, how, false, ['verify']).catch(() => null);
      return key !== null && subtle.verify(how, key, signature as BufferSource, message as BufferSource);
    }
  : null;

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
  verifyJwk,
};
