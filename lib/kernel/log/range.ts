import { isHashBytes } from './bytes';
import type { Frontier } from './frontier';
import { type Hash, nodeHash, type Range, splitOf, subtreesOf } from './merkle';
import { prove, type SubtreeReader } from './proofs';

/**
 * Proof that leaves are exactly those of [from, to): the roots of the maximal subtrees without a leaf of the range, in the recursion of RFC
 * 6962, left to right. `left` are the complete subtrees of [0, from): the frontier at `from`.
 */
export interface RangeProof {
  readonly left: Uint8Array[];
  readonly right: Uint8Array[];
}

/** The ranges beyond [0, to), left to right. */
export function rightRanges(to: number, size: number): Range[] {
  if (to === 0 && size > 0) return [[0, size]];
  const ranges: Range[] = [];
  for (let from = 0, end = size; to < end; ) {
    const middle = from + splitOf(end - from);
    if (to <= middle) {
      ranges.push([middle, end]);
      end = middle;
    } else {
      from = middle;
    }
  }
  return ranges.reverse();
}

/** The complete subtrees of [0, from), left to right. */
export function leftRanges(from: number): Range[] {
  return subtreesOf([0, from]).map(({ level, index }) => [index * 2 ** level, (index + 1) * 2 ** level]);
}

/** Throws RangeError unless 0 <= from <= to <= size <= 2^53 - 1. */
export function rangeProof(hash: Hash, [from, to]: Range, size: number, read: SubtreeReader): RangeProof {
  const ordered = 0 <= from && from <= to && to <= size;
  if (!ordered || ![from, to, size].every(Number.isSafeInteger)) throw new RangeError('log.range');
  return { left: prove(hash, leftRanges(from), read), right: prove(hash, rightRanges(to, size), read) };
}

/**
 * The root of a tree of `size` leaves that begins with the leaves of `frontier`; null when `right` does not have exactly the hashes of what
 * follows. A verifier starts the frontier with `left`, appends the leaves of the range as they come, and compares the result:
 *
 *     const frontier = Frontier.of(hash, { size: from, hashes: proof.left });
 *     for (const entry of entries) frontier.append(leafHash(hash, entry));
 *     rootBeyond(hash, frontier, size, proof.right)
 */
export function rootBeyond(
  hash: Hash,
  frontier: Frontier,
  size: number,
  right: readonly Uint8Array[],
): Uint8Array | null {
  if (!Number.isSafeInteger(size) || size < frontier.size || !right.every(isHashBytes)) return null;
  if (right.length !== rightRanges(frontier.size, size).length) return null;
  if (size === frontier.size) return frontier.root();
  const { size: known, hashes } = frontier.state;
  let nextLeft = 0;
  let nextRight = 0;
  const root = (from: number, to: number): Uint8Array => {
    if (to <= known) return hashes[nextLeft++]!;
    if (from >= known) return right[nextRight++]!;
    const middle = from + splitOf(to - from);
    const left = root(from, middle);
    return nodeHash(hash, left, root(middle, to));
  };
  return root(0, size);
}
