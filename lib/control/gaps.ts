/** Numbers of an edge's spool that control never got: the first and the last of them, and how many there are. */
export interface Gap {
  from: number;
  to: number;
  missing: number;
}

/**
 * What is missing of the numbers above `known` up to `last`, when these came (in any order, some perhaps twice or beyond). A record that could not
 * be read is missing too. Null when nothing is.
 */
export function gapIn(known: number, last: number, numbers: readonly number[]): Gap | null {
  const came = [...new Set(numbers.filter((n) => n > known && n <= last))].sort((a, b) => a - b);
  const missing = last - known - came.length;
  if (missing <= 0) return null;
  let from = known + 1;
  for (const n of came) if (n === from) from++;
  let to = last;
  for (const n of came.toReversed()) if (n === to) to--;
  return { from, to, missing };
}
