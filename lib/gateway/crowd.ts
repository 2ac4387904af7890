/** How many connections there may be, and how fast they may come. Counts are forgotten as they end, so memory is bounded by `total`. */
export interface CrowdLimits {
  /** At once, of all, and of one address. */
  total: number;
  perAddress: number;
  /** New ones of an address: so many at once, and then so many a second. */
  burst: number;
  perSecond: number;
}

const USUAL: CrowdLimits = { total: 512, perAddress: 16, burst: 32, perSecond: 1 };
/** Addresses whose rate is remembered. */
const REMEMBERED = 10_000;

export class Crowd {
  readonly #limits: CrowdLimits;
  readonly #open = new Map<string, number>();
  readonly #rates = new Map<string, { left: number; at: number }>();
  #total = 0;
  /** Turned away since the process began. */
  refused = 0;

  constructor(limits: Partial<CrowdLimits> = {}) {
    this.#limits = { ...USUAL, ...limits };
  }

  /** Takes a place, or null. Gives what gives the place back. `now` in milliseconds of a clock that does not go back. */
  enter(address: string, now: number): (() => void) | null {
    const { total, perAddress } = this.#limits;
    const open = this.#open.get(address) ?? 0;
    if (!this.#spend(address, now) || this.#total >= total || open >= perAddress) {
      this.refused += 1;
      return null;
    }
    this.#total += 1;
    this.#open.set(address, open + 1);
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#total -= 1;
      const left = this.#open.get(address)! - 1;
      if (left > 0) this.#open.set(address, left);
      else this.#open.delete(address);
    };
  }

  #spend(address: string, now: number): boolean {
    const { burst, perSecond } = this.#limits;
    const rate = this.#rates.get(address) ?? { left: burst, at: now };
    const left = Math.min(burst, rate.left + ((now - rate.at) / 1000) * perSecond);
    this.#rates.delete(address);
    // The oldest goes first: it has had the most time to be forgiven.
    if (this.#rates.size >= REMEMBERED) this.#rates.delete(this.#rates.keys().next().value!);
    this.#rates.set(address, { left: left < 1 ? left : left - 1, at: now });
    return left >= 1;
  }
}
