import type { Primitives } from '../primitives';
import { HASH_BYTES } from './limits';

/**
 * The hashes of RFC 6962 section 2.1 and the shape of its trees. Sizes and indices are numbers up to 2^53 - 1, so all arithmetic is by
 * division: JavaScript's bit operators cut to 32 bits.
 */
export type Hash = Pick<Primitives, 'sha256'>;

/** Half-open: the leaves `from` to `to` - 1. */
export type Range = readonly [from: number, to: number];

/** The complete subtree over the leaves [index * 2^level, (index + 1) * 2^level). */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The root of a tree without leaves: SHA-256 of nothing. */
export const emptyRoot = ({ sha256 }: Hash): Uint8Array => sha256(NOTHING);

// Scratch space is safe to share: a hash is done before anything else runs.
const NOTHING = new Uint8Array(0);
const pair = new Uint8Array(1 + 2 * HASH_BYTES);
pair[0] = 0x01;
const short = new Uint8Array(1 + 64);
/** `short` cut to each length; making a view costs much of what a hash costs. */
const cuts = Array.from({ length: short.length }, (_, length) => short.subarray(0, 1 + length));

/** SHA-256(0x00 | entry). */
export function leafHash({ sha256 }: Hash, entry: Uint8Array): Uint8Array {
  const cut = cuts[entry.length];
  const input = cut ?? new Uint8Array(1 + entry.length);
  if (cut) for (let i = 0; i < entry.length; i++) short[1 + i] = entry[i]!;
  else input.set(entry, 1);
  return sha256(input);
}

/** SHA-256(0x01 | left | right), of two hashes. */
export function nodeHash({ sha256 }: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256(pair);
}

/** The largest power of two below `size`, where a tree of two leaves or more divides. */
export function splitOf(size: number): number {
  let split = 1;
  while (2 * split < size) split *= 2;
  return split;
}

/** The complete subtrees that make up a range of the tree, left to right. The range starts where a subtree of its size may start. */
export function subtreesOf([from, to]: Range): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = from; at < to; ) {
    let level = 0;
    let width = 1;
    while (2 * width <= to - at) {
      width *= 2;
      level++;
    }
    subtrees.push({ level, index: at / width });
    at += width;
  }
  return subtrees;
}

/** The root over complete subtrees from left (largest) to right, as they stand beside each other in one tree. At least one. */
export function fold(hash: Hash, roots: readonly Uint8Array[]): Uint8Array {
  let root = roots[roots.length - 1]!;
  for (let i = roots.length - 2; i >= 0; i--) root = nodeHash(hash, roots[i]!, root);
  return root;
}
