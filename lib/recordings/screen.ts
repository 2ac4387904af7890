import headless, { type IBuffer, type Terminal } from '@xterm/headless';
import { guardTerminal, type Size } from '@/lib/kernel/recording';
import type { Entries } from './entries';
import { MAX_ENTRY_UNITS } from './limits';

/** A screen is looked at when so many microseconds have passed since the last look. */
const LOOK_EVERY = 500_000;
/** Looks before something is erased, per line of the recording. */
const LOOKS_PER_LINE = 4;
/** Marks that are put upon one character; the rest of them is dropped, so that a cell stays small. */
const PILED_UP = /([\p{M}\p{Cf}]{8})[\p{M}\p{Cf}]+/gu;
/** UTF-16 code units after which the terminal lets others work: a full erase of the largest screen takes a millisecond, and four characters. */
const PIECE_UNITS = 512;
const ALTERNATE = new Set([47, 1047, 1049]);

/**
 * A terminal that nobody sees. It tells what became visible on it: lines that were completed, lines of a text longer than the screen, and the
 * whole screen every half second and before it is erased. Titles, links and clipboard never arrive anywhere.
 */
export class Screen {
  private readonly terminal: Terminal;
  /** Microseconds. */
  private time = 0;
  private looked = 0;
  private looks = 0;

  constructor(
    { columns, rows }: Size,
    private readonly entries: Entries,
  ) {
    // One row of scroll-back: the one that just left. A completed line is read from the row above the cursor, so there are two at least.
    const size = { cols: columns, rows: Math.max(rows, 2), scrollback: 1 };
    this.terminal = new headless.Terminal({ ...size, allowProposedApi: true, logLevel: 'off' });
    const { parser } = this.terminal;
    guardTerminal(parser);
    parser.registerCsiHandler({ final: 'J' }, () => this.beforeErasing());
    for (const final of ['h', 'l']) {
      parser.registerCsiHandler(
        { prefix: '?', final },
        (params) => params.some((mode) => ALTERNATE.has(mode as number)) && this.beforeErasing(),
      );
    }
    this.terminal.onLineFeed(() => this.completed());
    this.terminal.onScroll(() => this.scrolled());
  }

  /** Queues output; `flushed` says when it was read. At most 50 MB may be under way. */
  write(time: number, data: string): void {
    this.terminal.write('', () => this.advance(time));
    const flat = data.replace(PILED_UP, '$1');
    for (let from = 0; from < flat.length; from += PIECE_UNITS)
      this.terminal.write(flat.slice(from, from + PIECE_UNITS));
  }

  flushed(): Promise<void> {
    return new Promise((resolve) => this.terminal.write('', resolve));
  }

  /** After what was written has been read. */
  resize({ columns, rows }: Size): void {
    this.terminal.resize(columns, Math.max(rows, 2));
  }

  /** The last look, at everything, once all has been read. */
  end(): void {
    this.look(true);
    this.terminal.dispose();
  }

  private get second(): number {
    return Math.floor(this.time / 1_000_000);
  }

  private advance(time: number): void {
    this.looks = 0;
    if (time - this.looked >= LOOK_EVERY) {
      this.look(false);
      this.looked = time;
    }
    this.time = time;
  }

  private beforeErasing(): false {
    if (this.looks++ < LOOKS_PER_LINE) this.look(true);
    // The terminal goes on with the sequence.
    return false;
  }

  /** Without the line that is being typed, unless it is about to go. A full-screen program types nowhere in particular. */
  private look(all: boolean): void {
    const buffer = this.terminal.buffer.active;
    const cursor = buffer.baseY + buffer.cursorY;
    const lines: string[] = [];
    for (let y = buffer.baseY, next = y; y < buffer.baseY + this.terminal.rows; y = next) {
      next = endOf(buffer, y, buffer.baseY + this.terminal.rows);
      const typed = buffer.type === 'normal' && y <= cursor && cursor < next;
      if (all || !typed) lines.push(textOf(buffer, y, next));
    }
    this.entries.screen(lines, this.second);
  }

  private completed(): void {
    const buffer = this.terminal.buffer.active;
    const last = buffer.baseY + buffer.cursorY - 1;
    let first = last;
    while (first > buffer.baseY && buffer.getLine(first)?.isWrapped) first--;
    this.entries.add(textOf(buffer, first, last + 1), this.second);
  }

  /** A line longer than the screen leaves it row by row, and no line feed comes that could tell. */
  private scrolled(): void {
    const buffer = this.terminal.buffer.active;
    const { baseY, cursorY, type } = buffer;
    if (type !== 'normal' || baseY === 0) return;
    for (let y = baseY; y <= baseY + cursorY; y++) if (!buffer.getLine(y)?.isWrapped) return;
    this.entries.add(textOf(buffer, baseY - 1, baseY), this.second);
  }
}

/** The row after a line that may be wrapped. */
function endOf(buffer: IBuffer, from: number, end: number): number {
  let next = from + 1;
  while (next < end && buffer.getLine(next)?.isWrapped) next++;
  return next;
}

function textOf(buffer: IBuffer, from: number, to: number): string {
  let text = '';
  for (let y = from; y < to && text.length < MAX_ENTRY_UNITS; y++) {
    text += buffer.getLine(y)?.translateToString(y === to - 1) ?? '';
  }
  return text;
}
