import { parseEvent, parseRow, REDACTED_MARK, REDACTED_OUTPUT, type Row } from '@/lib/kernel/recording';
import { contiguous, type Piece } from './pieces';
import type { LinesView } from './schemas';

const NEWLINE = 10;
/** Bytes of the file that one answer to a player is made of. */
const PLAYED_BYTES = 524_288;
const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface PlayedLines {
  readonly view: LinesView;
  /** Up to which byte was read. */
  readonly to: number;
}

/** Lines for a player, from a byte at which a row begins. */
export async function readFrom(read: (from: number) => Promise<readonly Piece[]>, from: number): Promise<PlayedLines> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of contiguous(read, from)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= PLAYED_BYTES) break;
  }
  const view = linesIn(Buffer.concat(chunks), from);
  return { view, to: view.next ?? from + size };
}

/**
 * Lines of a player out of bytes that begin a row, at `from` of the file. A row that is cut off is left for the next time. What is no row ends
 * it: why, the check of the whole record says.
 */
export function linesIn(bytes: Uint8Array, from: number): LinesView {
  const lines: LinesView['lines'][number][] = [];
  let at = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
    // The first row names the session.
    if (from + at > 0) {
      const row = rowOf(bytes.subarray(at, end));
      const line = row && lineOf(row);
      if (line === null) return { lines, next: null };
      if (line !== 'none') lines.push(line);
    }
    at = end + 1;
  }
  return { lines, next: at === 0 ? null : from + at };
}

function rowOf(bytes: Uint8Array): Row | null {
  try {
    return parseRow(text.decode(bytes));
  } catch {
    return null;
  }
}

function lineOf(row: Row): LinesView['lines'][number] | 'none' | null {
  if (row.is === 'head' || (row.is === 'open' && row.number === 0)) return 'none';
  if (row.is === 'open') return parseEvent(row.text);
  const { time, kind } = row;
  return kind === 'r' ? null : { time, kind, data: kind === 'o' ? REDACTED_OUTPUT : REDACTED_MARK };
}
