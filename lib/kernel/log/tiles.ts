import { HASH_BYTES } from './limits';
import type { Subtree } from './merkle';

/**
 * Which tiles a log has and what they are called (C2SP tlog-tiles). A tile holds 256 consecutive roots of complete subtrees of 256^level
 * leaves; those at the right edge are partial and hold fewer. Entry bundles are divided and named like the tiles of level 0.
 */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;
export const FULL_TILE_BYTES = TILE_WIDTH * HASH_BYTES;
/** C2SP allows 63; more than 6 need more than 2^53 leaves. */
const MAX_LEVEL = 6;

export interface TileName {
  readonly level: number | 'entries';
  readonly index: number;
  /** 1 to 256; hashes, or entries of a bundle. Below 256 the tile is partial. */
  readonly width: number;
}

/** How many hashes the tile has in a log of `size` leaves; 0 when there is no such tile. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, hashes));
}

/** All hash tiles of a log of `size` leaves, level by level from the leaves up, each from left to right. */
export function* tilesOf(size: number): Generator<TileName & { level: number }> {
  for (let level = 0; tileWidth(level, 0, size) > 0; level++) {
    for (let index = 0; ; index++) {
      const width = tileWidth(level, index, size);
      if (width === 0) break;
      yield { level, index, width };
    }
  }
}

/** The tile that holds the leaves of a complete subtree as far down as one tile goes, and which of its hashes they are. */
export function tileOf({ level, index }: Subtree): { level: number; index: number; from: number; height: number } {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const height = level % TILE_HEIGHT;
  const first = index * 2 ** height;
  return { level: tileLevel, index: Math.floor(first / TILE_WIDTH), from: first % TILE_WIDTH, height };
}

/** The tiles to fetch, each once, so that these subtrees can be read in a log of `size` leaves. */
export function tilesFor(subtrees: readonly Subtree[], size: number): (TileName & { level: number })[] {
  const tiles = new Map<string, TileName & { level: number }>();
  for (const subtree of subtrees) {
    const { level, index } = tileOf(subtree);
    tiles.set(`${level}/${index}`, { level, index, width: tileWidth(level, index, size) });
  }
  return [...tiles.values()];
}

/** `tile/0/x001/067.p/8`, `tile/entries/000`. Throws RangeError for what is no tile. */
export function tilePath({ level, index, width }: TileName): string {
  const levels = level === 'entries' || (Number.isInteger(level) && level >= 0 && level <= MAX_LEVEL);
  const fits = Number.isInteger(width) && width >= 1 && width <= TILE_WIDTH;
  if (!levels || !fits || !Number.isSafeInteger(index) || index < 0) throw new RangeError('log.tile');
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return `tile/${level}/${groups.join('/')}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

const PATH = /^tile\/(entries|[0-6])\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** Null unless the path is exactly what `tilePath` makes. */
export function parseTilePath(path: string): TileName | null {
  if (path.length > 64) return null;
  const [, level, groups, partial] = PATH.exec(path) ?? [];
  if (!level || !groups) return null;
  const index = Number(groups.replace(/[x/]/g, ''));
  const width = partial ? Number(partial) : TILE_WIDTH;
  if (!Number.isSafeInteger(index) || width > TILE_WIDTH) return null;
  const name: TileName = { level: level === 'entries' ? level : Number(level), index, width };
  // One spelling per tile: neither leading groups of zeroes nor a full tile called partial.
  return tilePath(name) === path ? name : null;
}
