import { join } from 'node:path';
import { EMPTY_LEDGER, type Entry, enter, forget, type Ledger } from '@/lib/kernel/grant';
import { primitives } from '@/lib/primitives';
import { grantLine, lineBetween, linesOf, withLine } from './grant-lines';
import { Lines } from './lines';
import { Refusal } from './refusal';

/**
 * The ledger of production access (lib/kernel/grant): whoever may go in goes in by what it holds, whatever the database says.
 *
 * On disk (`grants.log`, lines.ts): one line per change, before the answer leaves. What can have no effect any more is dropped when the file is
 * compacted.
 */
export class Grants {
  #ledger: Ledger = EMPTY_LEDGER;
  /** The number of the last sheet that was given out. */
  #sheet = 0;
  /** Numbers up to this one need not be written again. */
  #reserved = 0;
  #reserving: Promise<void> = Promise.resolve();
  #lines!: Lines;

  /** `now` in Unix ms. */
  static async open(home: string, now: () => number): Promise<Grants> {
    const grants = new Grants();
    grants.#lines = await Lines.open(join(home, 'grants.log'), {
      read: (line) => grants.#read(line),
      lines: () => grants.#all(Math.floor(now() / 1000)),
    });
    return grants;
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  /** The ledger with one more entry, which does not count yet. Throws the `Refusal` of the rule against it. */
  judge(entry: Entry): Ledger {
    const next = enter(this.#ledger, entry, primitives);
    if (typeof next === 'string') throw new Refusal(next);
    return next;
  }

  /** Goes on to what `judge` has just given, with nothing awaited between. Seen by the next request at once, resolves when on disk. */
  async take(next: Ledger): Promise<void> {
    const line = lineBetween(this.#ledger, next);
    this.#ledger = next;
    if (line) await this.#lines.append(line);
  }

  enter = (entry: Entry): Promise<void> => this.take(this.judge(entry));

  /** A number above that of every sheet before, also after a restart. Resolves when no later start can give it out again. */
  async nextSheet(): Promise<number> {
    this.#sheet += 1;
    const number = this.#sheet;
    if (number > this.#reserved) {
      this.#reserved = number + RESERVED_SHEETS;
      this.#reserving = this.#lines.append({ sheets: this.#reserved }).catch((error) => {
        this.#reserved = number - 1;
        throw error;
      });
    }
    await this.#reserving;
    return number;
  }

  close = (): Promise<void> => this.#lines.close();

  #read(line: unknown): boolean {
    const { data } = grantLine.safeParse(line);
    if (!data) return false;
    this.#ledger = withLine(this.#ledger, data);
    this.#sheet = this.#reserved = data.sheets ?? this.#reserved;
    return true;
  }

  *#all(seconds: number): Iterable<object> {
    this.#ledger = forget(this.#ledger, seconds);
    yield* linesOf(this.#ledger);
    yield { sheets: this.#reserved };
  }
}

/** Sheets between two writes of their number: they are made every few seconds for every host. */
const RESERVED_SHEETS = 1000;
