import { createHash, randomBytes } from 'node:crypto';

/**
 * Failure-weighted rate limit: GCRA (ITU-T I.371, the virtual scheduling form) over a table of fixed size, so a flood of
 * addresses costs no memory. A key is hashed with a secret of this process, so nobody can aim at another's slot. Within
 * a bucket of eight slots the entry that would be forgiven soonest makes room.
 */
export interface RateLimitOptions {
  /** Cost units one key may spend at once. */
  burst: number;
  /** Cost units that come back per second. */
  perSecond: number;
  /** Keys held; rounded up to a power of two. 16 bytes each. */
  slots?: number;
}

const WAYS = 8;

export class RateLimit {
  readonly #tags: Float64Array;
  /** Theoretical arrival time per slot, Unix milliseconds. */
  readonly #arrivals: Float64Array;
  readonly #mask: number;
  readonly #secret = randomBytes(32);
  readonly #millisecondsPerUnit: number;
  readonly #tolerance: number;

  constructor(options: RateLimitOptions) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(WAYS, options.slots ?? 65_536)));
    this.#tags = new Float64Array(slots);
    this.#arrivals = new Float64Array(slots);
    this.#mask = slots / WAYS - 1;
    this.#millisecondsPerUnit = 1000 / options.perSecond;
    this.#tolerance = options.burst * this.#millisecondsPerUnit;
  }

  /** Milliseconds until the key may try again; 0 when it may now. Costs nothing itself. */
  wait(key: string, now: number): number {
    const slot = this.#find(this.#hash(key), false);
    if (slot < 0) return 0;
    return Math.max(0, Math.ceil((this.#arrivals[slot] ?? 0) - now - this.#tolerance + this.#millisecondsPerUnit));
  }

  /** Charges a failure. A cost of 0 changes nothing. */
  charge(key: string, cost: number, now: number): void {
    if (cost <= 0) return;
    const hash = this.#hash(key);
    const slot = this.#find(hash, true);
    const owned = this.#tags[slot] === hash.tag;
    const from = Math.max(owned ? (this.#arrivals[slot] ?? 0) : 0, now);
    this.#tags[slot] = hash.tag;
    // Capped, so a burst of failures is never punished beyond one full tolerance.
    this.#arrivals[slot] = Math.min(
      from + cost * this.#millisecondsPerUnit,
      now + this.#tolerance + this.#millisecondsPerUnit,
    );
  }

  #hash(key: string): { bucket: number; tag: number } {
    const digest = createHash('sha256').update(this.#secret).update(key).digest();
    // 0 marks a free slot, hence the + 1.
    return { bucket: digest.readUInt32LE(0) & this.#mask, tag: digest.readUIntLE(4, 6) + 1 };
  }

  #find(hash: { bucket: number; tag: number }, claim: boolean): number {
    const first = hash.bucket * WAYS;
    let oldest = first;
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.#tags[slot] === hash.tag) return slot;
      if ((this.#arrivals[slot] ?? 0) < (this.#arrivals[oldest] ?? 0)) oldest = slot;
    }
    return claim ? oldest : -1;
  }
}
