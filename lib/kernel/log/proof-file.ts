import { decodeBase64, encodeBase64, utf8Length } from '../encoding';
import { isHashBytes } from './bytes';
import { parseCheckpointText } from './checkpoint';
import { parseDecimal } from './decimal';
import { MAX_EXTRA_BYTES, MAX_PROOF_FILE, MAX_PROOF_HASHES } from './limits';
import { type Hash, leafHash } from './merkle';
import { parseNote } from './note';
import { type CheckpointReason, type CheckpointResult, type LogIdentity, openCheckpoint } from './open-checkpoint';
import { verifyInclusion } from './verify';
import type { VerifyEd25519 } from './verify-note';

/** A `.tlog-proof` file (C2SP tlog-proof): that an entry is in a log whose checkpoint is enclosed. */
export interface ProofFile {
  readonly index: number;
  /** From the leaf's sibling up. */
  readonly hashes: readonly Uint8Array[];
  /** Not covered by any signature; here the line that opens the entry, or in a pack the entry itself. */
  readonly extra: Uint8Array | null;
  /** The signed note, verbatim. */
  readonly checkpoint: string;
}

const FORMAT = 'c2sp.org/tlog-proof@v1';

/** Reads hostile text. Null when it is no proof file within the limits. Says nothing about what it proves. */
export function parseProofFile(text: string): ProofFile | null {
  const fits = text.length <= MAX_PROOF_FILE && utf8Length(text) <= MAX_PROOF_FILE;
  const blank = fits ? text.indexOf('\n\n') : -1;
  if (blank < 0) return null;
  const lines = text.slice(0, blank).split('\n', MAX_PROOF_HASHES + 4);
  if (lines.shift() !== FORMAT) return null;
  const extra = lines[0]?.startsWith('extra ') ? decodeBase64(lines.shift()!.slice('extra '.length)) : undefined;
  const line = lines.shift();
  const index = line?.startsWith('index ') ? parseDecimal(line.slice('index '.length)) : null;
  if (
    extra === null ||
    (extra && extra.length > MAX_EXTRA_BYTES) ||
    index === null ||
    lines.length > MAX_PROOF_HASHES
  ) {
    return null;
  }
  const hashes: Uint8Array[] = [];
  for (const base64 of lines) {
    const hash = decodeBase64(base64);
    if (!hash || !isHashBytes(hash)) return null;
    hashes.push(hash);
  }
  const checkpoint = text.slice(blank + 2);
  const note = parseNote(checkpoint);
  return note && parseCheckpointText(note.text) ? { index, hashes, extra: extra ?? null, checkpoint } : null;
}

/** Throws RangeError when it would not parse again. */
export function formatProofFile({ index, hashes, extra, checkpoint }: ProofFile): string {
  const lines = [
    FORMAT,
    ...(extra ? [`extra ${encodeBase64(extra)}`] : []),
    `index ${index}`,
    ...hashes.map(encodeBase64),
  ];
  const text = `${lines.join('\n')}\n\n${checkpoint}`;
  if (!parseProofFile(text)) throw new RangeError('proof.malformed');
  return text;
}

export type ProofReason = CheckpointReason | 'proof_malformed' | 'inclusion_invalid';
export type ProofResult =
  | (Extract<CheckpointResult, { ok: true }> & { proof: ProofFile })
  | { ok: false; reason: ProofReason };

/** Verifies that the log holds `entry` where the file says. */
export async function verifyProofFile(
  hash: Hash,
  text: string,
  entry: Uint8Array,
  log: LogIdentity,
  verify: VerifyEd25519,
): Promise<ProofResult> {
  const proof = parseProofFile(text);
  if (!proof) return { ok: false, reason: 'proof_malformed' };
  const opened = await openCheckpoint(hash, proof.checkpoint, log, verify);
  if (!opened.ok) return opened;
  const { size, root } = opened.checkpoint;
  const claim = { leaf: leafHash(hash, entry), index: proof.index, size, root };
  return verifyInclusion(hash, claim, proof.hashes) ? { ...opened, proof } : { ok: false, reason: 'inclusion_invalid' };
}
