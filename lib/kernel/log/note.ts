import { decodeBase64, encodeBase64, fromUtf8, utf8Length } from '../encoding';
import { utf8 } from './bytes';
import { isKeyName, type NoteKey } from './keys';
import { MAX_NOTE_BYTES, MAX_SIGNATURES } from './limits';

/** Text signed by one or more keys (C2SP signed-note). Parsing says nothing about the signatures: see `verify-note.ts`. */
export interface Note {
  /** With the newline it ends in. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  readonly id: number;
  /** What follows the key's id; its form depends on the algorithm. Not empty. */
  readonly signature: Uint8Array;
}

const DASH = '\u2014 ';
const ID_BYTES = 4;

/** Reads hostile bytes, or text. Null when they are no note within the limits: 128 KiB and 64 signatures. */
export function parseNote(source: Uint8Array | string): Note | null {
  const note = typeof source === 'string' ? source : decode(source);
  if (note === null || note.length > MAX_NOTE_BYTES) return null;
  const bytes = utf8Length(note);
  if (bytes < 0 || bytes > MAX_NOTE_BYTES || !isNoteText(note)) return null;
  const blank = note.lastIndexOf('\n\n');
  if (blank < 0 || !note.endsWith('\n')) return null;
  const lines = note.slice(blank + 2, -1).split('\n', MAX_SIGNATURES + 1);
  if (lines.length > MAX_SIGNATURES) return null;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (!signature) return null;
    signatures.push(signature);
  }
  return { text: note.slice(0, blank + 1), signatures };
}

/** Throws RangeError when it would not parse again. */
export function formatNote({ text, signatures }: Note): string {
  const lines = signatures.map(({ name, id, signature }) => {
    const bytes = new Uint8Array(ID_BYTES + signature.length);
    for (let i = 0; i < ID_BYTES; i++) bytes[i] = id >>> (24 - 8 * i);
    bytes.set(signature, ID_BYTES);
    return `${DASH}${name} ${encodeBase64(bytes)}\n`;
  });
  const note = `${text}\n${lines.join('')}`;
  if (!text.endsWith('\n') || parseNote(note)?.text !== text) throw new RangeError('note.malformed');
  return note;
}

export interface Signer {
  readonly key: NoteKey;
  /** Ed25519, 64 bytes. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** The text with a signature of each signer (algorithm 0x01). Throws RangeError when the text cannot be a note's. */
export async function signNote(text: string, signers: readonly Signer[]): Promise<string> {
  const message = utf8(text);
  const signatures: NoteSignature[] = [];
  for (const { key, sign } of signers) signatures.push({ name: key.name, id: key.id, signature: await sign(message) });
  return formatNote({ text, signatures });
}

function parseSignature(line: string): NoteSignature | null {
  if (!line.startsWith(DASH)) return null;
  const [name = '', base64 = '', ...rest] = line.slice(DASH.length).split(' ');
  const bytes = decodeBase64(base64);
  if (rest.length > 0 || !isKeyName(name) || !bytes || bytes.length <= ID_BYTES) return null;
  const id = ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
  return { name, id, signature: bytes.subarray(ID_BYTES) };
}

const decode = (bytes: Uint8Array): string | null => (bytes.length > MAX_NOTE_BYTES ? null : fromUtf8(bytes));

/** No ASCII control character but the newline (C2SP signed-note), and no byte order mark, which some decoders drop. */
function isNoteText(note: string): boolean {
  if (note.startsWith('\ufeff')) return false;
  for (let i = 0; i < note.length; i++) {
    const code = note.charCodeAt(i);
    if (code < 0x20 && code !== 0x0a) return false;
  }
  return true;
}
