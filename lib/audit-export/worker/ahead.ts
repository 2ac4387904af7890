/**
 * Makes something of each, in order, and the next while one is used: so the database, the keyring and this process work at the same time. At
 * most one is made ahead, and nothing of it runs on when this has ended.
 */
export async function* ahead<A, B>(
  of: Iterable<A> | AsyncIterable<A>,
  make: (each: A) => Promise<B>,
): AsyncGenerator<B> {
  const pending: Promise<B>[] = [];
  try {
    for await (const each of of) {
      const made = make(each);
      // Awaited in its turn, or only at the end when one before it failed.
      made.catch(() => undefined);
      pending.push(made);
      if (pending.length < 2) continue;
      const ready = await pending[0]!;
      pending.shift();
      yield ready;
    }
    for (const last of pending) yield await last;
  } finally {
    await Promise.allSettled(pending);
  }
}
