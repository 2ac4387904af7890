import { HASH_BYTES } from './limits';
import { emptyRoot, fold, type Hash, nodeHash, subtreesOf } from './merkle';
import type { SubtreeReader } from './proofs';
import { FULL_TILE_BYTES, TILE_HEIGHT, TILE_WIDTH, tileOf } from './tiles';

/** Answers the bytes of a tile: at least as many hashes as the log's size gives it. */
export type TileSource = (level: number, index: number) => Uint8Array;

/** The hashes inside a tile that have been needed: the root of height h over the i-th 2^h of its hashes is at 2^(8-h) + i. */
interface Inside {
  readonly known: Uint8Array;
  readonly roots: Uint8Array;
}

/**
 * Reads the roots of complete subtrees out of tiles. What has been hashed inside a tile is kept (8 KiB a tile) for as long as the reader
 * is, so one reader serves many proofs. Throws RangeError when a tile is too short for what is asked.
 */
export function tileReader(hash: Hash, tiles: TileSource): SubtreeReader {
  const opened = new Map<string, Inside>();
  return (level, index) => {
    const place = tileOf({ level, index });
    const key = `${place.level}/${place.index}`;
    let inside = opened.get(key);
    if (!inside) {
      inside = { known: new Uint8Array(TILE_WIDTH), roots: new Uint8Array(FULL_TILE_BYTES) };
      opened.set(key, inside);
    }
    return within(hash, tiles(place.level, place.index), inside, place.from, place.height);
  };
}

function within(hash: Hash, tile: Uint8Array, inside: Inside, from: number, height: number): Uint8Array {
  if (height === 0) {
    const leaf = tile.subarray(from * HASH_BYTES, (from + 1) * HASH_BYTES);
    if (leaf.length !== HASH_BYTES) throw new RangeError('log.tile_short');
    return leaf;
  }
  const place = 2 ** (TILE_HEIGHT - height) + from / 2 ** height;
  if (inside.known[place] === 1) return inside.roots.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES);
  const left = within(hash, tile, inside, from, height - 1);
  const root = nodeHash(hash, left, within(hash, tile, inside, from + 2 ** (height - 1), height - 1));
  inside.roots.set(root, place * HASH_BYTES);
  inside.known[place] = 1;
  return root;
}

/** The root of the log, from the tiles of its right edge. */
export function rootOfTiles(hash: Hash, size: number, read: SubtreeReader): Uint8Array {
  if (size === 0) return emptyRoot(hash);
  return fold(
    hash,
    subtreesOf([0, size]).map(({ level, index }) => read(level, index)),
  );
}
