import { fold, type Hash, type Range, type Subtree, splitOf, subtreesOf } from './merkle';

/** Answers the root of a complete subtree of the log (`tileReader`). */
export type SubtreeReader = (level: number, index: number) => Uint8Array;

/** The ranges whose roots prove that leaf `index` is in a tree of `size` leaves, from the leaf up (RFC 6962 section 2.1.1). */
export function inclusionRanges(index: number, size: number): Range[] {
  check(index >= 0 && index < size, index, size);
  const ranges: Range[] = [];
  for (let from = 0, to = size; to - from > 1; ) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      ranges.push([middle, to]);
      to = middle;
    } else {
      ranges.push([from, middle]);
      from = middle;
    }
  }
  return ranges.reverse();
}

/** The ranges whose roots prove that the first `older` leaves of `newer` are the older tree (RFC 6962 section 2.1.2). None for 0 or the same size. */
export function consistencyRanges(older: number, newer: number): Range[] {
  check(older >= 0 && older <= newer, older, newer);
  if (older === 0) return [];
  const ranges: Range[] = [];
  let [from, to] = [0, newer];
  while (to !== older) {
    const middle = from + splitOf(to - from);
    if (older <= middle) {
      ranges.push([middle, to]);
      to = middle;
    } else {
      ranges.push([from, middle]);
      from = middle;
    }
  }
  // The verifier has the root of the older tree itself, but not of a part of it.
  if (from > 0) ranges.push([from, to]);
  return ranges.reverse();
}

/** Which complete subtrees have to be readable to prove these ranges: what to fetch before a synchronous reader is asked. */
export const subtreesFor = (ranges: readonly Range[]): Subtree[] => ranges.flatMap(subtreesOf);

/** One hash per range. */
export function prove(hash: Hash, ranges: readonly Range[], read: SubtreeReader): Uint8Array[] {
  return ranges.map((range) =>
    fold(
      hash,
      subtreesOf(range).map(({ level, index }) => read(level, index)),
    ),
  );
}

/** The audit path of a leaf, from its sibling up. Throws RangeError unless 0 <= index < size <= 2^53 - 1. */
export const inclusionProof = (hash: Hash, index: number, size: number, read: SubtreeReader): Uint8Array[] =>
  prove(hash, inclusionRanges(index, size), read);

/** Throws RangeError unless 0 <= older <= newer <= 2^53 - 1. */
export const consistencyProof = (hash: Hash, older: number, newer: number, read: SubtreeReader): Uint8Array[] =>
  prove(hash, consistencyRanges(older, newer), read);

function check(holds: boolean, a: number, b: number): void {
  if (!holds || !Number.isSafeInteger(a) || !Number.isSafeInteger(b)) throw new RangeError('log.range');
}
