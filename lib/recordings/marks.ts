import { type CheckedLine, parseMark } from '@/lib/kernel/recording';

/** What the gateway marked in a record: commands that were given on their own, and files that were copied. */
export interface Marks {
  readonly commands: number;
  readonly files: number;
  /** The first of the commands, as typed: text as hostile as the screen. */
  readonly commandLines: readonly string[];
}

const MOST_LINES = 20;
const LONGEST_LINE = 500;
/** As the gateway writes when a file was closed (lib/gateway/sftp.ts). */
const COPIED = /^file: (?:upload|download) /;

/** Counts marks, line by line. What was typed into a shell is no mark: it is on the screen. */
export class MarkCounter {
  #commands = 0;
  #files = 0;
  readonly #lines: string[] = [];

  add(line: CheckedLine): void {
    const mark = 'event' in line && line.event.kind === 'm' ? parseMark(line.event.data) : null;
    if (mark?.kind === 'note' && COPIED.test(mark.text)) this.#files++;
    if (mark?.kind !== 'command') return;
    this.#commands++;
    // A mark is whole characters; cut, it may end in half of one, which the database does not take.
    const text = mark.text.slice(0, LONGEST_LINE).replace(/\p{Cs}/gu, '\ufffd');
    if (this.#lines.length < MOST_LINES) this.#lines.push(text);
  }

  get marks(): Marks {
    return { commands: this.#commands, files: this.#files, commandLines: this.#lines };
  }
}
