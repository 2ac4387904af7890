import { decodeBase64, encodeBase64, fromUtf8 } from '../encoding';
import { isHashBytes } from './bytes';
import { parseDecimal } from './decimal';
import { COSIGNATURE, type NoteKey, sameKey } from './keys';
import { MAX_NOTE_BYTES } from './limits';
import { formatNote, type Note, parseNote } from './note';
import { type VerifyEd25519, verifyNote } from './verify-note';

/** What a log asks of a witness and gets back (C2SP tlog-witness, `add-checkpoint`). */
export interface AddCheckpoint {
  /** Size of the checkpoint that the witness cosigned last, as far as the log knows; 0 for none. */
  readonly old: number;
  /** From that size to the checkpoint's. */
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly note: string;
}

/** What the specification allows a client to send; a tree of our sizes needs at most 54. */
const MAX_PROOF_LINES = 63;
/** Bytes of a request: the first line, the proof, and the longest note. */
export const MAX_ADD_CHECKPOINT_BYTES = 32 + MAX_PROOF_LINES * 45 + MAX_NOTE_BYTES;

/** Throws RangeError when it would not parse again. */
export function formatAddCheckpoint({ old, proof, note }: AddCheckpoint): string {
  const body = `${[`old ${old}`, ...proof.map(encodeBase64)].join('\n')}\n\n${note}`;
  if (!parseAddCheckpoint(body)) throw new RangeError('witness.malformed');
  return body;
}

/** Reads hostile bytes, or text. Null when they are no request within the limits. Says nothing about signature and proof. */
export function parseAddCheckpoint(source: Uint8Array | string): AddCheckpoint | null {
  if (source.length > MAX_ADD_CHECKPOINT_BYTES) return null;
  const body = typeof source === 'string' ? source : fromUtf8(source);
  const blank = body?.indexOf('\n\n') ?? -1;
  if (body === null || blank < 0) return null;
  const [first = '', ...lines] = body.slice(0, blank).split('\n', MAX_PROOF_LINES + 2);
  const old = first.startsWith('old ') ? parseDecimal(first.slice('old '.length)) : null;
  if (old === null || lines.length > MAX_PROOF_LINES) return null;
  const proof: Uint8Array[] = [];
  for (const line of lines) {
    const hash = decodeBase64(line);
    if (!hash || !isHashBytes(hash)) return null;
    proof.push(hash);
  }
  const note = body.slice(blank + 2);
  return parseNote(note) ? { old, proof, note } : null;
}

/** The size that a witness says it has (409, `text/x.tlog.size`): a decimal and a line's end. Null for anything else. */
export const readWitnessSize = (answer: string): number | null =>
  answer.endsWith('\n') ? parseDecimal(answer.slice(0, -1)) : null;

export interface Cosigned {
  /** The signature line, with its end. */
  readonly line: string;
  /** Unix seconds at which the witness says it saw the checkpoint. */
  readonly time: number;
}

/**
 * What a witness answered, hostile: its cosignature of the checkpoint's text. Lines of other keys are ignored. Null when the answer is no
 * signature lines, when the witness's is not among them, or when it is false.
 */
export async function readCosigned(
  text: string,
  answer: string,
  witness: NoteKey,
  verify: VerifyEd25519,
): Promise<Cosigned | null> {
  // The answer must not bring text of its own: the lines are those of a note whose text is ours.
  const note = answer.length > MAX_NOTE_BYTES ? null : parseNote(`${text}\n${answer}`);
  if (note?.text !== text || witness.algorithm !== COSIGNATURE) return null;
  const verified = await verifyNote(`${text}\n${answer}`, [witness], verify);
  const time = verified.ok ? verified.verified.find(({ key }) => sameKey(key, witness))?.time : null;
  const signature = note.signatures.find(({ name, id }) => name === witness.name && id === witness.id);
  // A time of zero says nothing about when, and a witness must not leave it out.
  return time && signature ? { line: lineOf({ text, signatures: [signature] }), time } : null;
}

const lineOf = (note: Note): string => formatNote(note).slice(note.text.length + 1);
