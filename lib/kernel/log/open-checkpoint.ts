import { sameBytes } from './bytes';
import { type Checkpoint, parseCheckpointText } from './checkpoint';
import { ED25519, type NoteKey } from './keys';
import { emptyRoot, type Hash } from './merkle';
import { type NoteReason, type VerifiedSignature, type VerifyEd25519, verifyNote } from './verify-note';

/** Whose checkpoints of which log are believed. */
export interface LogIdentity {
  /** One key signs all logs of an installation, so only the origin says which log this is. */
  readonly origin: string;
  /** The log's keys (one of them must have signed) and those of cosigners (reported when they signed). */
  readonly keys: readonly NoteKey[];
}

export type CheckpointReason = NoteReason | 'checkpoint_malformed' | 'origin_other';
export type CheckpointResult =
  | { ok: true; checkpoint: Checkpoint; cosigners: VerifiedSignature[] }
  | { ok: false; reason: CheckpointReason };

/** Reads a checkpoint out of hostile bytes and verifies that the log signed it. */
export async function openCheckpoint(
  hash: Hash,
  source: Uint8Array | string,
  log: LogIdentity,
  verify: VerifyEd25519,
): Promise<CheckpointResult> {
  const result = await verifyNote(source, log.keys, verify);
  if (!result.ok) return result;
  // A cosigner vouches for consistency, not for the log.
  if (!result.verified.some(({ key }) => key.algorithm === ED25519)) return { ok: false, reason: 'signature_missing' };
  const checkpoint = parseCheckpointText(result.note.text);
  if (!checkpoint) return { ok: false, reason: 'checkpoint_malformed' };
  if (checkpoint.origin !== log.origin) return { ok: false, reason: 'origin_other' };
  if (checkpoint.size === 0 && !sameBytes(checkpoint.root, emptyRoot(hash))) {
    return { ok: false, reason: 'checkpoint_malformed' };
  }
  return { ok: true, checkpoint, cosigners: result.verified.filter(({ key }) => key.algorithm !== ED25519) };
}
