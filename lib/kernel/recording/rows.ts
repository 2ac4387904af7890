import { decodeBase64, encodeBase64, toUtf8 } from '../encoding';
import { HASH_BYTES, SALT_BYTES } from '../log';
import { utf8 } from '../log/bytes';
import type { Kind } from './cast';
import type { Head } from './head';
import { isSession } from './head';
import { MAX_LINES, MAX_MICROSECONDS } from './limits';

/** Rows of a recording file. The first names the session; then lines, open or redacted, and heads come in the order they were written. */
export interface OpenRow {
  readonly is: 'open';
  readonly number: number;
  readonly salt: Uint8Array;
  readonly commitment: Uint8Array;
  /** The asciicast line. */
  readonly line: Uint8Array;
  readonly text: string;
}
export interface StubRow {
  readonly is: 'stub';
  readonly number: number;
  readonly time: number;
  readonly kind: Kind;
  readonly commitment: Uint8Array;
}
export interface HeadRow extends Omit<Head, 'session'> {
  readonly is: 'head';
}
export type Row = OpenRow | StubRow | HeadRow;

const FORMAT = 'cordon/recording/v1';
const NUMBER = '(0|[1-9][0-9]{0,11})';
const SALT = '([A-Za-z0-9+/]{22}==)';
const SHA256 = '([A-Za-z0-9+/]{43}=)';
const OPEN = new RegExp(`^= ${NUMBER} ${SALT} ${SHA256} (.+)$`, 's');
const STUB = new RegExp(`^- ${NUMBER} ${NUMBER} ([orm]) ${SHA256}$`);
const HEAD = new RegExp(`^# ${NUMBER} ${NUMBER} (open|final) ${SHA256}$`);

export const firstRow = (session: string): Uint8Array => utf8(`${FORMAT} ${session}\n`);

/** Null when a text is not the first row of a recording. */
export function sessionOf(text: string): string | null {
  const session = text.startsWith(`${FORMAT} `) ? text.slice(FORMAT.length + 1) : '';
  return isSession(session) ? session : null;
}

export function openRow({ number, salt, commitment, line }: Omit<OpenRow, 'is' | 'text'>): Uint8Array {
  const before = utf8(`= ${number} ${encodeBase64(salt)} ${encodeBase64(commitment)} `);
  const row = new Uint8Array(before.length + line.length + 1);
  row.set(before);
  row.set(line, before.length);
  row[row.length - 1] = NEWLINE;
  return row;
}

export const stubRow = ({ number, time, kind, commitment }: Omit<StubRow, 'is'>): Uint8Array =>
  utf8(`- ${number} ${time} ${kind} ${encodeBase64(commitment)}\n`);

export const headRow = ({ lines, time, final, root }: Omit<Head, 'session'>): Uint8Array =>
  utf8(`# ${lines} ${time} ${final ? 'final' : 'open'} ${encodeBase64(root)}\n`);

/** A row without its end. Null for anything that is none, or in another spelling. */
export function parseRow(text: string): Row | null {
  const open = OPEN.exec(text);
  if (open) {
    const [, number, salt, commitment, line] = open as unknown as [string, string, string, string, string];
    const [saltBytes, hash] = [sized(salt, SALT_BYTES), sized(commitment, HASH_BYTES)];
    const bytes = toUtf8(line);
    if (!saltBytes || !hash || !bytes || Number(number) >= MAX_LINES) return null;
    return { is: 'open', number: Number(number), salt: saltBytes, commitment: hash, line: bytes, text: line };
  }
  const [, number, time, kind, hash] = STUB.exec(text) ?? HEAD.exec(text) ?? [];
  const bytes = hash === undefined ? null : sized(hash, HASH_BYTES);
  if (!bytes || Number(time) > MAX_MICROSECONDS) return null;
  if (text.startsWith('-')) {
    if (Number(number) >= MAX_LINES) return null;
    return { is: 'stub', number: Number(number), time: Number(time), kind: kind as Kind, commitment: bytes };
  }
  if (Number(number) < 1 || Number(number) > MAX_LINES) return null;
  return { is: 'head', lines: Number(number), time: Number(time), final: kind === 'final', root: bytes };
}

function sized(base64: string, length: number): Uint8Array | null {
  const bytes = decodeBase64(base64);
  return bytes?.length === length ? bytes : null;
}

export const NEWLINE = 10;
