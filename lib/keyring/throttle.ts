/**
 * Failures per key within a sliding window; over the limit the key is refused for a while. In memory only: the database
 * keeps the lasting counter, this one still holds when the process that asks is the attacker.
 */
export interface ThrottleLimits {
  failures: number;
  windowMilliseconds: number;
  refuseMilliseconds: number;
  /** Keys remembered; the oldest is forgotten first, so that made-up keys cannot fill the memory. */
  keys: number;
}

export const FACTOR_LIMITS: ThrottleLimits = {
  failures: 10,
  windowMilliseconds: 600_000,
  refuseMilliseconds: 60_000,
  keys: 100_000,
};

export class Throttle {
  private readonly entries = new Map<string, { failedAt: number[]; refusedUntil: number }>();

  constructor(private readonly limits: ThrottleLimits) {}

  refused(key: string, now: number): boolean {
    return (this.entries.get(key)?.refusedUntil ?? 0) > now;
  }

  fail(key: string, now: number): void {
    const entry = this.entries.get(key) ?? { failedAt: [], refusedUntil: 0 };
    entry.failedAt = [...entry.failedAt.filter((at) => at > now - this.limits.windowMilliseconds), now].slice(
      -this.limits.failures - 1,
    );
    if (entry.failedAt.length > this.limits.failures) entry.refusedUntil = now + this.limits.refuseMilliseconds;
    this.entries.delete(key);
    this.entries.set(key, entry);
    const oldest = this.entries.keys().next();
    if (this.entries.size > this.limits.keys && !oldest.done) this.entries.delete(oldest.value);
  }

  clear(key: string): void {
    this.entries.delete(key);
  }
}
