import type { Primitives } from '../primitives';
import type { PasskeyHost } from '../webauthn';
import type { JudgedLines, LineFile, LineRules } from './judge';

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

export interface VerifyingHost extends PackHost, Pick<PasskeyHost, 'verifyEd25519'> {
  /** Null where the host cannot: then approvals of access are not judged. */
  readonly verifyJwk: PasskeyHost['verifyJwk'] | null;
  /**
   * Judges lines on other processors. Null when so many bytes of them are not worth it; a host without it judges where it verifies, one piece
   * after the other. What is found is the same.
   */
  lineJudges?(rules: LineRules, bytes: number): LineJudges | null;
}

/** Several that judge pieces of lines at the same time, each as `lineJudge` does. */
export interface LineJudges {
  /** How many pieces to give them at a time. */
  readonly width: number;
  /** Takes a copy of the piece before it returns. */
  judge(file: LineFile, piece: Uint8Array): Promise<JudgedLines>;
  close(): Promise<void>;
}
