import { fromUtf8 } from '@/lib/kernel/encoding';
import {
  entryOf,
  type NoteKey,
  openCheckpoint,
  parseCheckpointText,
  parseNote,
  parseProofFile,
  RECORD_REASONS,
  verifyProofFile,
} from '@/lib/kernel/log';
import { isWitnessed, PackFault, type WitnessPolicy } from '@/lib/kernel/pack';
import { cosignerLine, plainCosigner, quoteJson } from './audit-verify-print';
import { host } from './audit-verify-source';
import type { Output } from './command';
import { quote } from './terminal';

export interface ProvenRecord {
  origin: string;
  index: number;
  size: number;
  fields: Record<string, unknown>;
  cosigners: Awaited<ReturnType<typeof opened>>['cosigners'];
}

/** Verifies a `.tlog-proof` of one event, whose record is the extra data. Throws PackFault. */
export async function verifyProof(
  text: string,
  trust: { keys: readonly NoteKey[]; origin: string | undefined; policy: WitnessPolicy | undefined },
): Promise<ProvenRecord> {
  const proof = parseProofFile(text);
  if (!proof) throw new PackFault('malformed', 'it is not a proof file');
  const line = proof.extra && fromUtf8(proof.extra);
  if (!line) throw new PackFault('malformed', 'it holds no record, so there is nothing that it proves');
  const record = entryOf(host, line);
  if (!record.ok) throw new PackFault('malformed', RECORD_REASONS[record.reason]);
  if (record.index !== proof.index) throw new PackFault('event', 'the record has another index than the proof');
  const origin = trust.origin ?? parseCheckpointText(parseNote(proof.checkpoint)!.text)!.origin;
  const keys = [...trust.keys, ...(trust.policy?.witnesses ?? [])];
  const { checkpoint, cosigners } = await opened(proof.checkpoint, origin, keys);
  const result = await verifyProofFile(host, text, record.entry, { origin, keys }, host.verifyEd25519);
  if (!result.ok) throw new PackFault('event', 'the log does not hold the record at its index', { index: proof.index });
  if (trust.policy && !isWitnessed(trust.policy, cosigners)) {
    throw new PackFault('unwitnessed', 'the checkpoint does not have the cosignatures of the policy');
  }
  const fields = Object.fromEntries(record.fields);
  return { origin, index: proof.index, size: checkpoint.size, fields, cosigners };
}

async function opened(note: string, origin: string, keys: readonly NoteKey[]) {
  const result = await openCheckpoint(host, note, { origin, keys }, host.verifyEd25519);
  if (!result.ok) throw new PackFault('signature', `the checkpoint: ${result.reason.replace('_', ' ')}`);
  return result;
}

export function printProof(out: Output, { origin, index, size, fields, cosigners }: ProvenRecord): void {
  const row = (name: string, value: string) => out.line(`  ${name.padEnd(10)} ${value}`);
  out.line('OK  the log holds this event');
  row('log', quote(origin));
  row('entry', `${index} of ${size}`);
  for (const cosigner of cosigners) row('cosigned', cosignerLine(cosigner, 'the checkpoint'));
  for (const [name, value] of Object.entries(fields)) row(name, quoteJson(value));
}

export const plainProof = (proven: ProvenRecord) => ({ ...proven, cosigners: proven.cosigners.map(plainCosigner) });
