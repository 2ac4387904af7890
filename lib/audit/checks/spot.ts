import {
  Frontier,
  HASH_BYTES,
  leftRanges,
  type NoteKey,
  rangeProof,
  rightRanges,
  rootBeyond,
  subtreesFor,
  TILE_WIDTH,
  tileReader,
  tilesFor,
} from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { type Findings, newestCheckpoint, openSigned, type Queryable, readTilesOf, sourceOf } from '../fsck/parts';

/**
 * One tile's leaves of a log, from the events under them up to the newest signed root: what was changed there since it was signed shows. Answers
 * how many entries were looked at; none when nothing is signed yet or the log is shorter.
 */
export async function spotCheck(
  db: Queryable,
  { log, tile, keys }: { log: string; tile: number; keys: readonly NoteKey[] },
  findings: Findings,
): Promise<number> {
  const newest = await newestCheckpoint(db, log);
  if (!newest) return 0;
  const { size, note } = newest;
  const signed = await openSigned(note, log, keys);
  if (signed?.size !== size) {
    findings.add({ code: 'signature', log, size, detail: 'the newest checkpoint is not signed by a key of the log' });
    return 0;
  }
  const from = tile * TILE_WIDTH;
  const to = Math.min(from + TILE_WIDTH, size);
  if (from >= to) return 0;
  const places = await sourceOf(log)(db, from, to, findings);
  const ranges = [...leftRanges(from), ...rightRanges(to, size)];
  const around = tilesFor(subtreesFor(ranges), size);
  const tiles = await readTilesOf(db, log, [...around, { level: 0, index: tile }]);
  const read = tileReader(primitives, (level, n) => tiles.get(`${level}/${n}`) ?? new Uint8Array());
  const stored = (index: number) => {
    const hash = tiles.get(`0/${tile}`)?.subarray((index - from) * HASH_BYTES, (index - from + 1) * HASH_BYTES);
    return hash?.length === HASH_BYTES ? hash : null;
  };
  const rootOf = (leaf: (index: number) => Uint8Array | null) => {
    try {
      const { left, right } = rangeProof(primitives, [from, to], size, read);
      const frontier = Frontier.of(primitives, { size: from, hashes: left })!;
      for (let index = from; index < to; index++) frontier.append(leaf(index) ?? new Uint8Array(HASH_BYTES));
      return rootBeyond(primitives, frontier, size, right);
    } catch (error) {
      // A tile is missing or too short.
      if (error instanceof RangeError) return null;
      throw error;
    }
  };
  const isSigned = (root: Uint8Array | null) => root !== null && Buffer.compare(root, signed.root) === 0;
  // By the events; where one of them is gone it has been said already.
  if (isSigned(rootOf((index) => places.get(index)?.leaf ?? stored(index)))) {
    for (const [index, { leaf }] of places) {
      const hash = stored(index);
      if (hash && (!leaf || Buffer.compare(leaf, hash) === 0)) continue;
      findings.add({ code: 'tile', log, index, detail: 'the tile of the leaves has another hash here, or none' });
      break;
    }
  } else if (isSigned(rootOf(stored))) {
    for (const [index, { leaf, eventId }] of places)
      if (leaf && Buffer.compare(leaf, stored(index) ?? leaf) !== 0)
        findings.add({ code: 'event', log, index, eventId, detail: 'it has another hash than the log has here' });
  } else {
    const detail = `neither events nor tiles of the places from ${from} to ${to} lead to the signed root`;
    findings.add({ code: 'root', log, index: from, to, size, detail });
  }
  return to - from;
}
