import { entryOf } from '@/lib/kernel/log';
import type { FaultPlace, PackSource } from '@/lib/kernel/pack';
import { host } from './host';

/** A line of a pack, to be looked at. All of it is the sender's text. */
export interface Row {
  file: string;
  /** Of the file, from 1. */
  line: number;
  /** Of the entry in the log; null when the line cannot be read. */
  index: number | null;
  /** Opened fields by name, values as JSON; null when the line cannot be read. */
  fields: [name: string, value: string][] | null;
  /** The line itself, cut off, when it cannot be read. */
  text: string | null;
}

const EVENTS = 'events.ndjson';
const STUBS = 'stubs.ndjson';
/** Of the beginning that is shown. */
const HEAD_BYTES = 1_048_576;
export const HEAD_ROWS = 300;
const AROUND = 3;
const MAX_TEXT = 2_000;
/** Longer lines are refused by the verification; of them the beginning is shown. */
const MAX_KEPT_BYTES = 131_073;

/**
 * The same source, keeping the beginning of the events as it was last read. The verification reads them twice, and what it read last is
 * what it compared line by line with the log: so what is shown is what was verified, without reading it once more.
 */
export function remembering(source: PackSource): PackSource & { head(): Row[] } {
  let kept: Uint8Array[] = [];
  async function* tapped(data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    kept = [];
    let length = 0;
    for await (const chunk of data) {
      if (length < HEAD_BYTES) kept.push(chunk.slice(0, HEAD_BYTES - length));
      length += chunk.length;
      yield chunk;
    }
  }
  return {
    async *files() {
      for await (const file of source.files()) {
        yield file.name === EVENTS ? { ...file, data: tapped(file.data) } : file;
      }
    },
    head: () => rowsOf(kept),
  };
}

/** Complete lines only. */
function rowsOf(chunks: readonly Uint8Array[]): Row[] {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  const rows: Row[] = [];
  for (let from = 0; rows.length < HEAD_ROWS; ) {
    const end = bytes.indexOf(0x0a, from);
    if (end < 0) break;
    rows.push(rowOf({ file: EVENTS, line: rows.length + 1, bytes: bytes.subarray(from, end) }));
    from = end + 1;
  }
  return rows;
}

/** The lines about a fault; none when it is of no place in them. Nothing of them is verified. */
export async function neighbours(source: PackSource, { file, line, index }: FaultPlace): Promise<Row[]> {
  if (file !== undefined && line !== undefined) {
    const { before, after } = await around(source, file, ({ line: at }) => at < line);
    return [...before, ...after].map(rowOf);
  }
  if (index === undefined) return [];
  const found = [];
  for (const each of [EVENTS, STUBS]) found.push(await around(source, each, (at) => indexOf(at) < index));
  const sorted = (lines: Line[]) => lines.sort((a, b) => indexOf(a) - indexOf(b));
  const before = sorted(found.flatMap((each) => each.before)).slice(-AROUND);
  const after = sorted(found.flatMap((each) => each.after)).slice(0, AROUND);
  return [...before, ...after].map(rowOf);
}

interface Line {
  file: string;
  line: number;
  bytes: Uint8Array;
}

const INDEX = /"index":([0-9]{1,16}),"open":/;
/** Where a line says that it belongs; 0 when it does not. */
const indexOf = ({ bytes }: Line): number => Number(INDEX.exec(decoder.decode(bytes))?.[1] ?? 0);

/** The last lines that come before, and the first that do not. */
async function around(source: PackSource, name: string, isBefore: (line: Line) => boolean) {
  const before: Line[] = [];
  const after: Line[] = [];
  for await (const file of source.files()) {
    if (file.name !== name) continue;
    let count = 0;
    for await (const bytes of linesOf(file.data)) {
      const line = { file: name, line: ++count, bytes };
      if (after.length === 0 && isBefore(line)) {
        before.push(line);
        if (before.length > AROUND) before.shift();
      } else if (after.push(line) > AROUND) {
        break;
      }
    }
    break;
  }
  return { before, after };
}

/** Lines of any length, of each at most its beginning. */
async function* linesOf(data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let kept: Uint8Array = new Uint8Array(0);
  const add = (part: Uint8Array) => {
    const room = part.subarray(0, MAX_KEPT_BYTES - kept.length);
    if (room.length === 0) return;
    const joined = new Uint8Array(kept.length + room.length);
    joined.set(kept);
    joined.set(room, kept.length);
    kept = joined;
  };
  for await (const chunk of data) {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      add(chunk.subarray(from, end));
      yield kept;
      kept = new Uint8Array(0);
      from = end + 1;
    }
    add(chunk.subarray(from));
  }
  if (kept.length > 0) yield kept;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function rowOf({ file, line, bytes }: Line): Row {
  const text = decoder.decode(bytes);
  const record = entryOf(host, text);
  if (!record.ok) return { file, line, index: null, fields: null, text: text.slice(0, MAX_TEXT) };
  const fields = Array.from(record.fields, ([name, value]): [string, string] => [
    name,
    shortened(JSON.stringify(value)),
  ]);
  return { file, line, index: record.index, fields, text: null };
}

export const shortened = (text: string): string =>
  text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}… (${text.length - MAX_TEXT} more characters)`;
