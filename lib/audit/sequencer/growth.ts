import { Frontier, HASH_BYTES, leafHash, TILE_WIDTH } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';

/** A tile's hash stands for one tile below: 256 = 2^8. */
const TILE_HEIGHT = Math.log2(TILE_WIDTH);

/** What a log needs to be known by to grow. */
export interface LogHead {
  name: string;
  size: number;
  /** Roots of the complete subtrees, largest first, one after the other. */
  frontier: Uint8Array;
}

/** Hashes that a tile gets at its end, from the place `start` on. */
export interface TilePiece {
  level: number;
  n: number;
  start: number;
  hashes: Uint8Array[];
}

/** Appends entries to a log. Tiles are only added to, so none is read: the frontier is all there is to know. */
export class Growth {
  readonly name: string;
  /** Before the first entry. */
  readonly from: number;
  readonly pieces: TilePiece[] = [];
  readonly #open: TilePiece[] = [];
  readonly #frontier: Frontier;

  /** Throws RangeError when the frontier is not that of a tree of this size. */
  constructor({ name, size, frontier }: LogHead) {
    this.name = name;
    this.from = size;
    this.#frontier = frontierOf(size, frontier);
  }

  get size(): number {
    return this.#frontier.size;
  }

  get frontier(): Buffer {
    return Buffer.concat(this.#frontier.state.hashes);
  }

  /** Returns the entry's index. */
  append(entry: Uint8Array): number {
    const index = this.#frontier.size;
    const leaf = leafHash(primitives, entry);
    this.#push(0, index, leaf);
    this.#frontier.append(leaf, (level, root) => {
      if (level % TILE_HEIGHT === 0) this.#push(level / TILE_HEIGHT, (index + 1) / 2 ** level - 1, root);
    });
    return index;
  }

  #push(level: number, index: number, hash: Uint8Array): void {
    const n = Math.floor(index / TILE_WIDTH);
    let piece = this.#open[level];
    if (piece?.n !== n) {
      piece = { level, n, start: index % TILE_WIDTH, hashes: [] };
      this.#open[level] = piece;
      this.pieces.push(piece);
    }
    piece.hashes.push(hash);
  }
}

/** Throws RangeError when these are not the hashes of a tree of this size. */
export function frontierOf(size: number, bytes: Uint8Array): Frontier {
  const hashes = Array.from({ length: bytes.length / HASH_BYTES }, (_, i) =>
    bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
  const frontier = Frontier.of(primitives, { size, hashes });
  if (!frontier) throw new RangeError('log.frontier');
  return frontier;
}
