import { utf8 } from '../log/bytes';
import { eventLine } from './cast';
import type { CheckedLine } from './verify';

/**
 * What stands for a redacted line when a recording plays. CAN (U+0018) first: it ends an escape sequence that the line before began and the
 * redacted one would have ended, which would swallow what follows.
 */
export const REDACTED_OUTPUT = '\u0018[redacted]';
export const REDACTED_MARK = 'note [redacted]';

/** The line of the plain `.cast` that asciinema plays, with its end. */
export function castLine(line: CheckedLine): Uint8Array {
  if ('text' in line) return utf8(`${line.text}\n`);
  const { time, kind } = line.redacted;
  const bytes = eventLine({ time, kind, data: kind === 'o' ? REDACTED_OUTPUT : REDACTED_MARK });
  const ended = new Uint8Array(bytes.length + 1);
  ended.set(bytes);
  ended[bytes.length] = 10;
  return ended;
}
