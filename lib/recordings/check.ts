import { setImmediate as immediate } from 'node:timers/promises';
import {
  type CheckedLine,
  type Head,
  parseMark,
  type RecordingResult,
  RecordingVerifier,
  type Size,
} from '@/lib/kernel/recording';
import { primitives } from '@/lib/primitives';
import { IdleStretches } from './idle';
import type { IdleStretch, MarkView, RecordingState } from './schemas';

export interface Checked {
  /** Null: it was too large, and is read as far as that. */
  readonly result: RecordingResult | null;
  readonly screen: Size | null;
  /** As far as lines are as committed. */
  readonly lines: number;
  readonly seconds: number;
  readonly redacted: number;
  readonly bytes: number;
  readonly marks: readonly MarkView[];
  readonly idle: readonly IdleStretch[];
}

/** Bytes of a record that are checked for a page: a few seconds of work. */
export const CHECKED_BYTES = 16_777_216;
/** More than anybody looks through. */
const MOST_MARKS = 2_000;

/** Reads a record once: verifies it against the heads of the audit log, and gathers what a player shows of it as a whole. */
export async function checkRecording(
  chunks: AsyncIterable<Uint8Array>,
  heads: readonly Head[],
  mostBytes: number,
): Promise<Checked> {
  const idle = new IdleStretches();
  const marks: MarkView[] = [];
  let screen: Size | null = null;
  let [lines, time, redacted, bytes] = [0, 0, 0, 0];
  const seen = (line: CheckedLine): void => {
    lines = line.number + 1;
    if ('header' in line) {
      screen = { columns: line.header.columns, rows: line.header.rows };
      return;
    }
    const event = 'event' in line ? line.event : line.redacted;
    time = Math.max(time, event.time);
    if ('redacted' in line) redacted++;
    if (event.kind === 'o') idle.add(event.time);
    const mark = 'event' in line && line.event.kind === 'm' ? parseMark(line.event.data) : null;
    if (mark && marks.length < MOST_MARKS) marks.push({ line: line.number, seconds: time / 1e6, ...mark });
  };
  const verifier = new RecordingVerifier(primitives, { heads, row: (_, line) => line && seen(line) });
  let whole = true;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    // What is wrong is wrong; the rest is counted, not read.
    whole &&= bytes <= mostBytes;
    if (!whole) break;
    verifier.push(chunk);
    // A piece takes some milliseconds: others have their turn between two.
    await immediate();
  }
  return {
    ...{ result: whole ? verifier.end() : null, screen, lines, seconds: time / 1e6, redacted, bytes, marks },
    idle: idle.list,
  };
}

export interface Standing {
  readonly checked: Checked;
  readonly heads: readonly Head[];
  /** The session is over. */
  readonly over: boolean;
  /** Bytes that the gateway announced. */
  readonly announced: number;
}

/** What to say of it. While a session runs, heads are ahead of the lines that they cover: they are small, and come first. */
export function stateOf({ checked, heads, over, announced }: Standing): RecordingState {
  const { result, lines, bytes } = checked;
  const last = heads.at(-1);
  if (bytes === 0 && !last) return { is: 'none' };
  if (!result) return { is: 'unchecked' };
  if (result.ok) return last?.final ? { is: 'verified' } : { is: over ? 'unfinished' : 'live', line: lines };
  const short = result.code === 'truncated' || result.code === 'unfinished';
  if (short && !over) return { is: 'live', line: lines };
  if (short && bytes < announced) return { is: 'incomplete', line: lines };
  if (short && !last?.final && (last?.lines ?? 0) <= lines) return { is: 'unfinished', line: lines };
  return { is: 'tampered', code: result.code, line: result.line, to: result.to };
}
