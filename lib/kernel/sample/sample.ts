import { toUtf8 } from '../encoding';
import type { Primitives } from '../primitives';

/** Names the rule in descriptions, and separates its hashes from all others. */
export const SAMPLE_RULE = 'cordon/audit/sample/v1';
export const MAX_SAMPLE = 500;
export const MAX_SEED = 128;

/** One line of printable ASCII, 1 to 128 characters. */
export const isSeed = (seed: string): boolean => /^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/.test(seed);

interface Ranked {
  readonly place: number;
  readonly rank: Uint8Array;
}

/**
 * The sample of `size` places out of a population of places, ascending; the whole population when it is no larger. A place's rank is
 * SHA-256(rule ‖ LF ‖ seed ‖ LF ‖ place in decimal), and the lowest ranks are taken. Neither the order of the population nor a place named twice
 * makes a difference. Needs memory for the sample only. Throws RangeError for a seed, a size or a place out of bounds.
 */
export function sampleOf(
  { sha256 }: Pick<Primitives, 'sha256'>,
  seed: string,
  population: Iterable<number>,
  size: number,
): number[] {
  if (!isSeed(seed)) throw new RangeError('sample.seed');
  if (!Number.isInteger(size) || size < 1 || size > MAX_SAMPLE) throw new RangeError('sample.size');
  const lowest: Ranked[] = [];
  for (const place of population) {
    if (!Number.isSafeInteger(place) || place < 0) throw new RangeError('sample.place');
    const ranked = { place, rank: sha256(toUtf8(`${SAMPLE_RULE}\n${seed}\n${place}`)!) };
    const last = lowest[size - 1];
    if (last && compare(ranked, last) >= 0) continue;
    const at = placeFor(lowest, ranked);
    if (lowest[at]?.place === place) continue;
    lowest.splice(at, 0, ranked);
    if (lowest.length > size) lowest.pop();
  }
  return lowest.map(({ place }) => place).sort((a, b) => a - b);
}

/** The first that is not lower. */
function placeFor(sorted: readonly Ranked[], ranked: Ranked): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (compare(sorted[middle]!, ranked) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

function compare(a: Ranked, b: Ranked): number {
  for (let i = 0; i < a.rank.length; i++) {
    const difference = a.rank[i]! - b.rank[i]!;
    if (difference !== 0) return difference;
  }
  return a.place - b.place;
}
