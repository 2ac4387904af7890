import { isHashBytes } from './bytes';
import { MAX_SIZE } from './limits';
import { emptyRoot, fold, type Hash, nodeHash } from './merkle';

/** All that is needed to append to a log and know its root: the roots of its complete subtrees, left (largest) to right. */
export interface FrontierState {
  readonly size: number;
  /** One of 32 bytes per bit set in `size`. */
  readonly hashes: readonly Uint8Array[];
}

/** Appends leaf hashes to a tree of any size with O(log n) memory. Also how a verifier streams the leaves of a range (`range.ts`). */
export class Frontier {
  private count = 0;
  private roots: Uint8Array[] = [];

  constructor(private readonly hash: Hash) {}

  /** Null when the state is not one of a tree: a size out of range, or not as many hashes as it has bits set. */
  static of(hash: Hash, { size, hashes }: FrontierState): Frontier | null {
    if (!Number.isSafeInteger(size) || size < 0 || hashes.length !== bitsSet(size) || !hashes.every(isHashBytes))
      return null;
    const frontier = new Frontier(hash);
    frontier.count = size;
    frontier.roots = [...hashes];
    return frontier;
  }

  get size(): number {
    return this.count;
  }

  get state(): FrontierState {
    return { size: this.count, hashes: [...this.roots] };
  }

  /**
   * Adds a leaf hash (32 bytes). `completed` hears of each subtree above the leaf that this leaf completes, from level 1 up. Throws
   * RangeError at 2^53 - 1 leaves.
   */
  append(leaf: Uint8Array, completed?: (level: number, root: Uint8Array) => void): void {
    if (this.count === MAX_SIZE) throw new RangeError('the log is full');
    let root = leaf;
    let level = 0;
    for (let rest = this.count; rest % 2 === 1; rest = (rest - 1) / 2) {
      root = nodeHash(this.hash, this.roots.pop()!, root);
      completed?.(++level, root);
    }
    this.roots.push(root);
    this.count++;
  }

  extend(leaves: Iterable<Uint8Array>): this {
    for (const leaf of leaves) this.append(leaf);
    return this;
  }

  root(): Uint8Array {
    return this.count === 0 ? emptyRoot(this.hash) : fold(this.hash, this.roots);
  }
}

export function bitsSet(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}
