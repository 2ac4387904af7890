import { createHash, createPublicKey, verify } from 'node:crypto';
import type { VerifyingHost } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';

/** What packs need of this process. */
export const host: VerifyingHost = {
  sha256: primitives.sha256,
  hasher() {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  },
  verifyEd25519: (publicKey, message, signature) => {
    const x = Buffer.from(publicKey).toString('base64url');
    return verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature);
  },
};
