import { type CheckedLine, parseSize } from '@/lib/kernel/recording';
import { Entries, type TextEntry } from './entries';
import { SCREEN_TEXT_LIMITS, type ScreenTextLimits } from './limits';
import { Screen } from './screen';

export interface ScreenText {
  /** In the order in which they were seen. */
  readonly entries: readonly TextEntry[];
  /** Which limit ended the reading; null when all was read. */
  readonly stopped: 'output' | 'work' | 'text' | null;
}

/** Output and lines after which the terminal may work, and the clock is looked at. */
const FLUSH_UNITS = 16_384;
const FLUSH_LINES = 500;

/** Ends a sequence that a redacted line might have ended. */
const CANCEL = '\u0018';

/**
 * What was on the screen, for search. The lines are those of a recording that verified, in order; `now` is a clock in milliseconds that does
 * not go back. The text is as hostile as the output it comes from: it is data, to be shown as text.
 */
export async function screenText(
  lines: Iterable<CheckedLine> | AsyncIterable<CheckedLine>,
  now: () => number,
  limits: ScreenTextLimits = SCREEN_TEXT_LIMITS,
): Promise<ScreenText> {
  const until = now() + limits.workMs;
  const entries = new Entries(limits);
  let screen: Screen | null = null;
  let stopped: ScreenText['stopped'] = null;
  let output = 0;
  let waiting = { units: 0, lines: 0 };
  for await (const line of lines) {
    if ('header' in line) {
      screen = new Screen(line.header, entries);
      continue;
    }
    if (!screen) break;
    const { time, kind, data } = 'event' in line ? line.event : { ...line.redacted, data: CANCEL };
    if (kind === 'm') continue;
    const size = kind === 'r' ? parseSize(data) : null;
    if (!size) {
      output += data.length;
      screen.write(time, data);
      waiting = { units: waiting.units + data.length, lines: waiting.lines + 1 };
    }
    if (size || waiting.units > FLUSH_UNITS || waiting.lines > FLUSH_LINES) {
      await screen.flushed();
      waiting = { units: 0, lines: 0 };
      if (size) screen.resize(size);
      stopped = entries.full ? 'text' : now() > until ? 'work' : null;
    }
    if (output > limits.output) stopped ??= 'output';
    if (stopped) break;
  }
  await screen?.flushed();
  screen?.end();
  return { entries: entries.list, stopped: stopped ?? (entries.full ? 'text' : null) };
}
