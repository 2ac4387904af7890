/**
 * Runs work for one key one after another within this process, so that a burst of parallel guesses meets the counter
 * its predecessors raised. Beyond `maxWaiting` waiting callers the answer is null at once.
 */
export function createQueue(maxWaiting: number) {
  const tails = new Map<string, { last: Promise<unknown>; waiting: number }>();
  return async function serially<T>(key: string, work: () => Promise<T>): Promise<T | null> {
    const entry = tails.get(key) ?? { last: Promise.resolve(), waiting: 0 };
    if (entry.waiting > maxWaiting) return null;
    entry.waiting += 1;
    tails.set(key, entry);
    const turn = entry.last.then(work, work);
    entry.last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      entry.waiting -= 1;
      if (entry.waiting === 0) tails.delete(key);
    }
  };
}
