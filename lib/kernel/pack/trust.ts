import { decodeBase64 } from '../encoding';
import {
  type Checkpoint,
  leafHash,
  type NoteKey,
  openCheckpoint,
  parseProofFile,
  parseVkey,
  type VerifiedSignature,
  verifyConsistency,
  verifyInclusion,
} from '../log';
import { sameBytes, textIn, textOf } from './bytes';
import { malformed, PackFault } from './faults';
import type { VerifyingHost } from './host';
import type { Pack } from './read';

/** The keys of a pack's `vkeys`: one vkey a line. Throws PackFault. */
export function packKeys(host: VerifyingHost, { files }: Pack): NoteKey[] {
  const lines = textOf(files.get('vkeys')!, 'vkeys').split('\n');
  const last = lines.pop();
  const keys = lines.map((line) => parseVkey(host, line));
  if (last !== '' || !keys.every((key) => key !== null)) throw malformed('it is not vkeys, one a line', 'vkeys');
  return keys;
}

export interface Opened {
  readonly checkpoint: Checkpoint;
  readonly cosigners: readonly VerifiedSignature[];
}

/** The pack's checkpoint, if it is signed and what the manifest says. Throws PackFault. */
export async function openPackCheckpoint(host: VerifyingHost, pack: Pack, keys: readonly NoteKey[]): Promise<Opened> {
  const { origin, checkpoint: said } = pack.manifest;
  const opened = await openNote(host, pack.files.get('checkpoint')!, { origin, keys }, 'checkpoint');
  const { size, root } = opened.checkpoint;
  if (size !== said.size || !sameBytes(root, decodeBase64(said.root)!)) {
    throw new PackFault('signature', 'what is signed is another size or root than the manifest says', {
      file: 'checkpoint',
    });
  }
  return opened;
}

const REASONS = {
  note_malformed: 'it is not a signed note',
  checkpoint_malformed: 'what is signed is not a checkpoint',
  signature_missing: 'none of the keys signed it',
  signature_invalid: 'the signature is false, or what it signs was altered',
  origin_other: 'it is the checkpoint of another log',
} as const;

async function openNote(
  host: VerifyingHost,
  note: Uint8Array | string,
  log: { origin: string; keys: readonly NoteKey[] },
  file: string | null,
): Promise<Opened> {
  const result = await openCheckpoint(host, note, log, host.verifyEd25519);
  if (result.ok) return result;
  throw new PackFault('signature', REASONS[result.reason], file === null ? {} : { file });
}

export interface KnownHead {
  readonly size: number;
  /** Whether the log has grown since. */
  readonly grown: boolean;
}

/** Compares the pack with a checkpoint that the auditor kept. Throws PackFault. */
export async function compareHead(
  host: VerifyingHost,
  pack: Pack,
  keys: readonly NoteKey[],
  now: Checkpoint,
  known: Uint8Array,
): Promise<KnownHead> {
  const { checkpoint: head } = await openNote(host, known, { origin: pack.manifest.origin, keys }, 'known head').catch(
    (error: unknown) => {
      if (!(error instanceof PackFault)) throw error;
      throw new PackFault('signature', `the known head: ${error.detail}`);
    },
  );
  if (head.size > now.size) {
    throw new PackFault('older', `you know the log with ${head.size} entries, the pack with ${now.size}`);
  }
  const proof = pack.consistency.get(head.size);
  const holds = pack.rootAt
    ? sameBytes(pack.rootAt, head.root)
    : head.size === now.size || head.size === 0
      ? verifyConsistency(host, head, now, [])
      : proof && verifyConsistency(host, head, now, proof);
  if (holds === undefined) {
    throw new PackFault('diverged', `the pack brings no proof from ${head.size}: ask for one that does`);
  }
  if (!holds)
    throw new PackFault('diverged', `the log is not a continuation of the ${head.size} entries that you know`);
  return { size: head.size, grown: now.size > head.size };
}

export interface InOperatorLog extends Opened {
  readonly index: number;
}

const PROOF = 'operator/proof.tlog-proof';

/**
 * That the operator log holds the pack's checkpoint; null when the pack has no such proof. The entry is the signed note as it was when it
 * was signed: the file `checkpoint`, or, when cosignatures came later, the proof's extra data. Throws PackFault.
 */
export async function openOperatorProof(
  host: VerifyingHost,
  { manifest, files }: Pack,
  keys: readonly NoteKey[],
): Promise<InOperatorLog | null> {
  const file = files.get(PROOF);
  if (!file) return null;
  const wrong = (detail: string) => new PackFault('operator', detail, { file: PROOF });
  const text = textIn(file);
  const proof = text === null ? null : parseProofFile(text);
  if (!proof) throw wrong('it is not a proof file');
  const note = files.get('checkpoint')!;
  const entry = proof.extra ?? note;
  const listed = await openCheckpoint(host, entry, { origin: manifest.origin, keys }, host.verifyEd25519);
  const { size, root } = manifest.checkpoint;
  if (!listed.ok || listed.checkpoint.size !== size || !sameBytes(listed.checkpoint.root, decodeBase64(root)!)) {
    throw wrong('it is the proof of another checkpoint');
  }
  if (!manifest.origin.includes('/')) throw wrong('no operator log belongs to the name of this log');
  const origin = manifest.origin.replace(/[^/]*$/, 'operator');
  const opened = await openCheckpoint(host, proof.checkpoint, { origin, keys }, host.verifyEd25519);
  if (!opened.ok) throw wrong(`the checkpoint of the operator log: ${REASONS[opened.reason]}`);
  const claim = { ...opened.checkpoint, leaf: leafHash(host, entry), index: proof.index };
  if (!verifyInclusion(host, claim, proof.hashes)) throw wrong('the operator log does not hold it there');
  return { ...opened, index: proof.index };
}
