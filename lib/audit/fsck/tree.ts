import { Frontier, HASH_BYTES, TILE_WIDTH } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import type { Findings } from './faults';

/** A place where the stored event and the stored tile say different things; which of them is right, the next signed root decides. */
interface Suspect {
  index: number;
  eventId?: string;
  own: Uint8Array;
  stored: Uint8Array;
}

/** A hash that an upper tile has to hold, once all leaves below it are there. */
export interface UpperHash {
  level: number;
  index: number;
  root: Uint8Array;
}

const MOST_SUSPECTS = 10_000;
const LEVELS_PER_TILE = Math.log2(TILE_WIDTH);
const UNKNOWN = new Uint8Array(HASH_BYTES);

/**
 * The tree of a log, built anew from its leaves. It goes by the stored tiles, and where an event differs from its tile, by the event as well,
 * until a signed root says which of the two histories is the signed one.
 */
export class LogTree {
  #believed = new Frontier(primitives);
  #rival: Frontier | null = null;
  #suspects: Suspect[] = [];
  /** Those that a root has spoken against; told at the end, when it is known where else they belong. */
  #altered: Suspect[] = [];
  /** The last size whose root was right, and whether the one after it was not. */
  #good = 0;
  #failing = false;
  /** Of the upper tiles, since they were taken. */
  #upper: UpperHash[] = [];

  constructor(
    private readonly log: string,
    private readonly findings: Findings,
    /** What a place that is not what was signed is called. */
    private readonly altered: 'event' | 'operator',
  ) {}

  get size(): number {
    return this.#believed.size;
  }

  get root(): Uint8Array {
    return this.#believed.root();
  }

  get frontier(): Buffer {
    return Buffer.concat(this.#believed.state.hashes);
  }

  takeUpper(): UpperHash[] {
    const taken = this.#upper;
    this.#upper = [];
    return taken;
  }

  /** `stored`: what the tile has; `own`: what the event gives. Null: it has, or gives, nothing. */
  append(stored: Uint8Array | null, own: Uint8Array | null, eventId?: string): void {
    const index = this.size;
    if (stored && own && !same(stored, own)) {
      if (this.#suspects.length + this.#altered.length < MOST_SUSPECTS)
        this.#suspects.push({ index, eventId, own, stored });
      this.#rival ??= Frontier.of(primitives, this.#believed.state);
    }
    const leaf = stored ?? own ?? UNKNOWN;
    this.#rival?.append(own ?? leaf);
    this.#believed.append(leaf, (level, root) => {
      if (level % LEVELS_PER_TILE === 0)
        this.#upper.push({ level: level / LEVELS_PER_TILE, index: (index + 1) / 2 ** level - 1, root });
    });
  }

  /** At a signed root of this size. */
  settle(root: Uint8Array): void {
    const { log, size } = this;
    const suspects = this.#suspects;
    this.#suspects = [];
    const rival = this.#rival;
    this.#rival = null;
    if (rival && same(rival.root(), root)) {
      this.#believed = rival;
      for (const { index } of suspects)
        this.findings.add({ code: 'tile', log, index, detail: 'the tile of the leaves has another hash here' });
    } else {
      this.#altered.push(...suspects);
    }
    const good = same(this.#believed.root(), root);
    // Everything after the first difference has another root: that is one finding.
    if (!good && !this.#failing) {
      const detail = `the first change is at a place from ${this.#good} up to, not including, ${size}`;
      this.findings.add({ code: 'root', log, index: this.#good, to: size, size, detail });
    }
    this.#failing = !good;
    if (good) this.#good = size;
  }

  /** After the last entry. What no root has decided is held against the event. */
  end(): void {
    const { log, findings, altered: code } = this;
    const altered = [...this.#altered, ...this.#suspects];
    const places = new Map(altered.map(({ index, stored }) => [hex(stored), index]));
    for (const { index, eventId, own } of altered) {
      const elsewhere = places.get(hex(own));
      if (elsewhere === undefined)
        findings.add({ code, log, index, eventId, detail: 'it has another hash than the log has here' });
      else findings.add({ code: 'misplaced', log, index, eventId, detail: `it is the event of place ${elsewhere}` });
    }
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
