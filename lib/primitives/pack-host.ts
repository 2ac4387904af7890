import { createHash } from 'node:crypto';
import type { VerifyingHost } from '@/lib/kernel/pack';
import type { PasskeyHost } from '@/lib/kernel/webauthn';
import { primitives } from '.';
import { verifyEd25519 } from './ed25519';
import { verifyJwk } from './jwk';

/** What evidence packs need of a process, on one processor. */
export const packHost: VerifyingHost & PasskeyHost = {
  sha256: primitives.sha256,
  hasher() {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  },
  verifyEd25519,
  verifyJwk,
};
