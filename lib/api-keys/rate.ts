/** A bucket per key: `burst` requests at once, `perSecond` on average. In memory of one process; a runaway client is slowed, not metered. */
export interface RateLimit {
  /** Seconds to wait, 0 when the request may go on. `now` in Unix milliseconds. */
  take(key: string, now: number): number;
}

/** Keys remembered; the one unseen the longest is forgotten first, so that made-up keys cannot fill the memory. */
const KEYS_REMEMBERED = 10_000;

export function createRateLimit({ perSecond, burst }: { perSecond: number; burst: number }): RateLimit {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take(key, now) {
      const known = buckets.get(key) ?? { left: burst, at: now };
      const left = Math.min(burst, known.left + (Math.max(0, now - known.at) / 1000) * perSecond);
      buckets.delete(key);
      buckets.set(key, { left: left >= 1 ? left - 1 : left, at: now });
      const oldest = buckets.keys().next();
      if (buckets.size > KEYS_REMEMBERED && !oldest.done) buckets.delete(oldest.value);
      return left >= 1 ? 0 : Math.ceil((1 - left) / perSecond);
    },
  };
}
