import type { VerifyEd25519 } from '../log';
import type { Primitives } from '../primitives';

/** SHA-256 of what comes in pieces. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** 32 bytes; once. */
  digest(): Uint8Array;
}

/** What packs need of their host. */
export interface PackHost extends Pick<Primitives, 'sha256'> {
  hasher(): Hasher;
}

export interface VerifyingHost extends PackHost {
  readonly verifyEd25519: VerifyEd25519;
}
