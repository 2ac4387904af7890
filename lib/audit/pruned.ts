/**
 * Of places of a log that were read, those whose event went as was agreed (lib/audit-retention). `ask` is the reader's own function of the
 * database for it; it is called only when some place came without an event.
 */
export async function prunedAmong(
  rows: readonly { id: string | null }[],
  ask: () => Promise<{ place: string }[]>,
): Promise<ReadonlySet<number>> {
  return rows.some(({ id }) => id === null) ? new Set((await ask()).map(({ place }) => Number(place))) : new Set();
}
