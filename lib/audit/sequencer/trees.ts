import {
  consistencyProof,
  consistencyRanges,
  rootOfTiles,
  type Subtree,
  subtreesFor,
  tileReader,
  tilesFor,
} from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { type Queryable, readTiles, type TileKey } from './store';

/** A tree to be proven out of stored tiles: its root, and that it continues the tree of size `from`. */
export interface TreeQuestion {
  log: string;
  size: number;
  from: number;
}

export interface ProvenTree extends TreeQuestion {
  root: Uint8Array;
  proof: Uint8Array[];
}

/** Reads back what was stored and computes anew. Throws RangeError when a tile is missing or too short. */
export async function proveTrees(db: Queryable, questions: readonly TreeQuestion[]): Promise<ProvenTree[]> {
  const wanted = questions.flatMap(({ log, size, from }): TileKey[] =>
    tilesFor(needed(size, from), size).map(({ level, index }) => ({ log, level, index })),
  );
  const tiles = await readTiles(db, wanted);
  return questions.map(({ log, size, from }) => {
    const read = tileReader(primitives, (level, index) => tiles.get(`${log}/${level}/${index}`) ?? new Uint8Array());
    const root = rootOfTiles(primitives, size, read);
    return { log, size, from, root, proof: consistencyProof(primitives, from, size, read) };
  });
}

const needed = (size: number, from: number): Subtree[] => subtreesFor([[0, size], ...consistencyRanges(from, size)]);
