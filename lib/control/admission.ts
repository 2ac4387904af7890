/**
 * How many TLS handshakes are begun per second. A mutual handshake costs about 2 ms of CPU: unbounded, a fleet that reconnects at once
 * would starve the edges that are connected. Who is turned away dials again with jitter.
 */
const PER_SECOND = 300;
const BURST = 300;

export class Admission {
  #left = BURST;
  #at = 0;

  /** `now` in milliseconds of any monotonic clock. */
  admit(now: number): boolean {
    this.#left = Math.min(BURST, this.#left + (Math.max(0, now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
