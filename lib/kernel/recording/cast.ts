import { toUtf8 } from '../encoding';
import { utf8 } from '../log/bytes';
import { MAX_COLUMNS, MAX_MARK_UNITS, MAX_MICROSECONDS, MAX_ROWS, USUAL_COLUMNS, USUAL_ROWS } from './limits';

/**
 * Lines of an asciicast v2 file as recordings hold them: one spelling each. Events are output (`o`), resizes (`r`) and markers (`m`). There
 * is no input (`i`): what is typed at a prompt without echo is a password.
 */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Header extends Size {
  /** Unix seconds. */
  readonly timestamp: number;
  readonly term: string;
}

export const KINDS = ['o', 'r', 'm'] as const;
export type Kind = (typeof KINDS)[number];

export interface Event {
  /** Microseconds since the start. */
  readonly time: number;
  readonly kind: Kind;
  /** Of `o` what the terminal received, raw: it may hold any escape sequence. Never print it. */
  readonly data: string;
}

/** `command` a command was seen, `refused` a rule stopped it, `note` what the gateway says, `end` how the session ended. */
export const MARKS = ['command', 'refused', 'note', 'end'] as const;
export interface Mark {
  readonly kind: (typeof MARKS)[number];
  readonly text: string;
}

const USUAL_TERM = 'xterm-256color';
const TERM = /^[A-Za-z0-9._+-]{1,64}$/;
const HEADER =
  /^\{"env":\{"TERM":"([A-Za-z0-9._+-]{1,64})"\},"height":([1-9][0-9]{0,2}),"timestamp":([1-9][0-9]{0,11}),"version":2,"width":([1-9][0-9]{0,2})\}$/;
const EVENT = /^\[(0|[1-9][0-9]{0,4})\.([0-9]{6}), "([orm])", (".*")\]$/s;
const SIZE = /^([1-9][0-9]{0,2})x([1-9][0-9]{0,2})$/;
const MARK = /^(command|refused|note|end) ([^\p{Cc}]+)$/u;

/** Any numbers, as a pty gives them. */
export const clampSize = (columns: number, rows: number): Size => ({
  columns: clamp(columns, USUAL_COLUMNS, MAX_COLUMNS),
  rows: clamp(rows, USUAL_ROWS, MAX_ROWS),
});
const clamp = (value: number, usual: number, most: number): number =>
  Number.isSafeInteger(value) && value > 0 ? Math.min(value, most) : usual;

/** Size and terminal are clamped; throws RangeError for a time before 1970 or after the year 33658. */
export function headerLine({ columns, rows, timestamp, term }: Header): Uint8Array {
  if (!Number.isSafeInteger(timestamp) || timestamp <= 0 || timestamp >= 1e12) throw new RangeError('recording.time');
  const size = clampSize(columns, rows);
  const env = TERM.test(term) ? term : USUAL_TERM;
  return utf8(
    `{"env":{"TERM":"${env}"},"height":${size.rows},"timestamp":${timestamp},"version":2,"width":${size.columns}}`,
  );
}

export function parseHeader(line: string): Header | null {
  const [, term, rows, timestamp, columns] = HEADER.exec(line) ?? [];
  if (term === undefined) return null;
  const size = sizeOf(columns!, rows!);
  return size && { ...size, timestamp: Number(timestamp), term };
}

/** The data is well-formed and fits (`MAX_OUTPUT_UNITS`). */
export function eventLine({ time, kind, data }: Event): Uint8Array {
  const micros = String(time % 1_000_000).padStart(6, '0');
  return utf8(`[${Math.floor(time / 1_000_000)}.${micros}, "${kind}", ${JSON.stringify(data)}]`);
}

/** Null for what is no event of a recording, or not in its one spelling. */
export function parseEvent(line: string): Event | null {
  const [, seconds, micros, kind, quoted] = EVENT.exec(line) ?? [];
  if (quoted === undefined) return null;
  const data = unquoted(quoted);
  const time = Number(seconds) * 1_000_000 + Number(micros);
  if (data === null || time > MAX_MICROSECONDS) return null;
  if (kind === 'r' && !parseSize(data)) return null;
  if (kind === 'm' && !parseMark(data)) return null;
  return { time, kind: kind as Kind, data };
}

function unquoted(quoted: string): string | null {
  try {
    const data: unknown = JSON.parse(quoted);
    // Written again it is the same: one spelling. A lone surrogate has no UTF-8.
    return typeof data === 'string' && JSON.stringify(data) === quoted && toUtf8(data) !== null ? data : null;
  } catch {
    return null;
  }
}

export const sizeData = ({ columns, rows }: Size): string => `${columns}x${rows}`;

/** The data of an `r`. */
export function parseSize(data: string): Size | null {
  const [, columns, rows] = SIZE.exec(data) ?? [];
  return columns === undefined ? null : sizeOf(columns, rows!);
}

function sizeOf(columns: string, rows: string): Size | null {
  const size = { columns: Number(columns), rows: Number(rows) };
  return size.columns <= MAX_COLUMNS && size.rows <= MAX_ROWS ? size : null;
}

/** Control characters become U+FFFD, what is too long is cut, and nothing is `-`. */
export function markData({ kind, text }: Mark): string {
  const cut = text.slice(0, MAX_MARK_UNITS).replace(/\p{Cc}|\p{Surrogate}/gu, '\ufffd');
  return `${kind} ${cut || '-'}`;
}

/** The data of an `m`. */
export function parseMark(data: string): Mark | null {
  const [, kind, text] = MARK.exec(data) ?? [];
  return text === undefined || text.length > MAX_MARK_UNITS ? null : { kind: kind as Mark['kind'], text };
}

/** Pieces of output that each fit a line, whole characters each. */
export function* pieces(text: string, most: number): Generator<string> {
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + most, text.length);
    if (to < text.length && isHigh(text.charCodeAt(to - 1))) to--;
    yield text.slice(from, to);
    from = to;
  }
}
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
