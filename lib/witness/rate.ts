/** Requests that an address may make: a bucket that fills again. */
const BURST = 60;
const PER_SECOND = 20;
/** Addresses that are remembered; those that came longest ago are forgotten first, and begin with a full bucket. */
const MAX_ADDRESSES = 10_000;

export class RateLimit {
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(
    private readonly burst = BURST,
    private readonly perSecond = PER_SECOND,
  ) {}

  /** `now` in milliseconds, never going back. */
  take(address: string, now: number): boolean {
    const bucket = this.#buckets.get(address) ?? { left: this.burst, at: now };
    const left = Math.min(this.burst, bucket.left + ((now - bucket.at) / 1_000) * this.perSecond);
    this.#buckets.delete(address);
    this.#buckets.set(address, { left: left < 1 ? left : left - 1, at: now });
    if (this.#buckets.size > MAX_ADDRESSES) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    return left >= 1;
  }
}
