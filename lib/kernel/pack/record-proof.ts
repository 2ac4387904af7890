import { fromUtf8 } from '../encoding';
import {
  entryOf,
  type NoteKey,
  openCheckpoint,
  parseCheckpointText,
  parseNote,
  parseProofFile,
  RECORD_REASONS,
  type VerifiedSignature,
  verifyProofFile,
} from '../log';
import { PackFault } from './faults';
import type { VerifyingHost } from './host';
import { isWitnessed, type WitnessPolicy } from './policy';

export interface ProofTrust {
  readonly keys: readonly NoteKey[];
  /** Of the log that the proof must be from. */
  readonly origin?: string | undefined;
  readonly policy?: WitnessPolicy | undefined;
}

export interface ProvenRecord {
  readonly origin: string;
  readonly index: number;
  /** Of the checkpoint. */
  readonly size: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cosigners: readonly VerifiedSignature[];
}

/** Verifies a `.tlog-proof` of one event, whose record is the extra data. Throws PackFault. */
export async function verifyRecordProof(host: VerifyingHost, text: string, trust: ProofTrust): Promise<ProvenRecord> {
  const proof = parseProofFile(text);
  if (!proof) throw new PackFault('malformed', 'it is not a proof file');
  const line = proof.extra && fromUtf8(proof.extra);
  if (!line) throw new PackFault('malformed', 'it holds no record, so there is nothing that it proves');
  const record = entryOf(host, line);
  if (!record.ok) throw new PackFault('malformed', RECORD_REASONS[record.reason]);
  if (record.index !== proof.index) throw new PackFault('event', 'the record has another index than the proof');
  const origin = trust.origin ?? parseCheckpointText(parseNote(proof.checkpoint)!.text)!.origin;
  const keys = [...trust.keys, ...(trust.policy?.witnesses ?? [])];
  const opened = await openCheckpoint(host, proof.checkpoint, { origin, keys }, host.verifyEd25519);
  if (!opened.ok) throw new PackFault('signature', `the checkpoint: ${opened.reason.replace('_', ' ')}`);
  const { checkpoint, cosigners } = opened;
  const result = await verifyProofFile(host, text, record.entry, { origin, keys }, host.verifyEd25519);
  if (!result.ok) throw new PackFault('event', 'the log does not hold the record at its index', { index: proof.index });
  if (trust.policy && !isWitnessed(trust.policy, cosigners)) {
    throw new PackFault('unwitnessed', 'the checkpoint does not have the cosignatures of the policy');
  }
  return { origin, index: proof.index, size: checkpoint.size, fields: Object.fromEntries(record.fields), cosigners };
}
