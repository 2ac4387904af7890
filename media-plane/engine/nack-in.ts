/**
 * Which packets of a publisher are missing and due to be asked for again. The native library never sends NACKs, so upstream
 * recovery is this list, checked every 20 ms.
 */
const REPEAT_MS = 60;
const MAX_TRIES = 8;
const MAX_AGE_MS = 1_000;
/** A jump this long is a restart or an outage, not loss worth recovering. */
const MAX_JUMP = 500;
const MAX_MISSING = 500;

interface Gap {
  since: number;
  asked: number;
  tries: number;
}

export class GapList {
  readonly #gaps = new Map<number, Gap>();

  get size(): number {
    return this.#gaps.size;
  }

  /** `number` arrived when `highest` was the highest extended number before it. */
  arrived(number: number, highest: number, now: number): void {
    if (number <= highest) {
      if (this.#gaps.size > 0) this.#gaps.delete(number);
      return;
    }
    if (number === highest + 1 || highest < 0 || number - highest >= MAX_JUMP) return;
    for (let missing = highest + 1; missing < number && this.#gaps.size < MAX_MISSING; missing++) {
      this.#gaps.set(missing, { since: now, asked: 0, tries: 0 });
    }
  }

  /** Extended numbers to ask for now, ascending; forgets what is too old or was asked too often. */
  due(now: number): number[] {
    if (this.#gaps.size === 0) return [];
    const due: number[] = [];
    for (const [number, gap] of this.#gaps) {
      if (gap.tries >= MAX_TRIES || now - gap.since > MAX_AGE_MS) this.#gaps.delete(number);
      else if (now - gap.asked >= REPEAT_MS) {
        gap.asked = now;
        gap.tries++;
        due.push(number);
      }
    }
    return due;
  }

  clear(): void {
    this.#gaps.clear();
  }
}
