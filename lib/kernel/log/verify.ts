import { isHashBytes, sameBytes } from './bytes';
import { MAX_PROOF_HASHES } from './limits';
import { emptyRoot, type Hash, nodeHash } from './merkle';

export interface InclusionClaim {
  /** The leaf's hash, not its entry. */
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
}

/** RFC 9162 section 2.1.3.2. Every argument may be hostile; anything malformed is false. */
export function verifyInclusion(hash: Hash, { leaf, index, size, root }: InclusionClaim, proof: readonly Uint8Array[]) {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([leaf, root, ...proof])) return false;
  let at = index;
  let last = size - 1;
  let computed = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      computed = nodeHash(hash, sibling, computed);
      // The last of its level has no sibling until it is a right child.
      for (; at % 2 === 0 && at !== 0; at /= 2) last = half(last);
    } else {
      computed = nodeHash(hash, computed, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && sameBytes(computed, root);
}

export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * RFC 9162 section 2.1.4.2: whether the newer tree begins with the older. Every argument may be hostile. For the cases that the RFC leaves
 * out the proof is empty: the same size has the same root, and an empty tree is the beginning of any.
 */
export function verifyConsistency(hash: Hash, older: TreeHead, newer: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (!isSize(older.size) || !isSize(newer.size) || older.size > newer.size) return false;
  if (!areHashes([older.root, newer.root, ...proof])) return false;
  if (older.size === newer.size) return proof.length === 0 && sameBytes(older.root, newer.root);
  if (older.size === 0) return proof.length === 0 && sameBytes(older.root, emptyRoot(hash));
  let at = older.size - 1;
  let last = newer.size - 1;
  for (; at % 2 === 1; at = half(at)) last = half(last);
  // When the older tree is one complete subtree, its root is where the way up begins and is not sent.
  const [start, ...path] = at === 0 ? [older.root, ...proof] : proof;
  if (!start || proof.length === 0) return false;
  let inOlder = start;
  let inNewer = start;
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      inOlder = nodeHash(hash, sibling, inOlder);
      inNewer = nodeHash(hash, sibling, inNewer);
      for (; at % 2 === 0 && at !== 0; at /= 2) last = half(last);
    } else {
      inNewer = nodeHash(hash, inNewer, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && sameBytes(inOlder, older.root) && sameBytes(inNewer, newer.root);
}

const half = (n: number): number => Math.floor(n / 2);
const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
/** Two hashes that frame the claim, and the proof. */
const areHashes = (hashes: readonly Uint8Array[]): boolean =>
  hashes.length <= 2 + MAX_PROOF_HASHES && hashes.every(isHashBytes);
