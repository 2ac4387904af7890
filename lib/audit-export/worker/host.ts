import { createHash } from 'node:crypto';
import type { VerifyingHost } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';

/** What packs need of this process. */
export const host: VerifyingHost = {
  sha256: primitives.sha256,
  hasher() {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  },
  verifyEd25519,
};
