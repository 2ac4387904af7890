import { MAX_ENTRY_UNITS, type ScreenTextLimits } from './limits';

export interface TextEntry {
  /** Whole seconds since the start. */
  readonly second: number;
  /** One line of the screen, without control and invisible characters. */
  readonly text: string;
}

/** A text that comes back within this time is taken for the same: screens that are redrawn. */
const AGAIN_SECONDS = 10;
const REMEMBERED = 5_000;
const WORDS = /[\p{L}\p{N}]/u;
/** Among them those that turn the direction of text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

/** Collects what was on a screen, each text once for as long as it stands there. */
export class Entries {
  readonly list: TextEntry[] = [];
  full = false;
  private units = 0;
  private readonly last = new Map<string, number>();
  private standing: ReadonlySet<string> = new Set();

  constructor(private readonly limits: Pick<ScreenTextLimits, 'text' | 'entries'>) {}

  /** A line that was completed, or that leaves the screen. */
  add(raw: string, second: number): void {
    const text = cleaned(raw);
    if (text === null || this.full) return;
    const last = this.last.get(text);
    this.remember(text, second);
    if (last !== undefined && (this.standing.has(text) || second - last < AGAIN_SECONDS)) return;
    this.units += text.length;
    if (this.units > this.limits.text || this.list.length === this.limits.entries) this.full = true;
    else this.list.push({ second, text });
  }

  /** All lines that stand on the screen now. */
  screen(lines: readonly string[], second: number): void {
    for (const line of lines) this.add(line, second);
    this.standing = new Set(lines.flatMap((line) => cleaned(line) ?? []));
  }

  private remember(text: string, second: number): void {
    this.last.delete(text);
    this.last.set(text, second);
    if (this.last.size > REMEMBERED) this.last.delete(this.last.keys().next().value!);
  }
}

/** Null when there is nothing to search for: frames, bars, empty lines. */
function cleaned(raw: string): string | null {
  const text = raw.slice(0, MAX_ENTRY_UNITS).replace(INVISIBLE, '').trim();
  return WORDS.test(text) ? text : null;
}
