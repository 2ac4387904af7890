/** More than this apart, and times in the log stop meaning what they say. */
export const DRIFT_MILLISECONDS = 2_000;

export interface Reading {
  /** Of this process, before and after the question. */
  before: number;
  after: number;
  /** What the other clock said in between. */
  said: number;
}

/** By how much another clock is ahead of this one, at least; 0 when the answer's way may explain it all. Milliseconds. */
export function driftOf({ before, after, said }: Reading): number {
  if (said > after) return said - after;
  return said < before ? said - before : 0;
}

/** The clock that is furthest off, when one is off by more than it may. */
export function driftFault(
  readings: Readonly<Record<string, Reading>>,
): { clock: string; milliseconds: number } | null {
  const drifts = Object.entries(readings).map(([clock, reading]) => ({ clock, milliseconds: driftOf(reading) }));
  const [worst] = drifts.sort((a, b) => Math.abs(b.milliseconds) - Math.abs(a.milliseconds));
  return worst && Math.abs(worst.milliseconds) > DRIFT_MILLISECONDS ? worst : null;
}
