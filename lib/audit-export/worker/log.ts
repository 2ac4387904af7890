import { fromUtf8 } from '@/lib/kernel/encoding';
import {
  formatProofFile,
  HASH_BYTES,
  inclusionProof,
  inclusionRanges,
  leftRanges,
  type Range,
  type RangeProof,
  rangeProof,
  rightRanges,
  type SubtreeReader,
  subtreesFor,
  TILE_WIDTH,
  tileReader,
  tilesFor,
} from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { ExportFault } from './fault';
import type { Job, Jobs, TileKey } from './store';

/** Hashes of the log that an export needs, from its tiles. */

/** Tiles fetched at a time: 256 KiB. */
const TILES_AT_ONCE = 32;

/** Leaf hashes of [from, to), tile by tile. */
export async function* leavesOf(jobs: Jobs, job: Job, from = job.from, to = job.to): AsyncGenerator<Uint8Array> {
  const last = Math.floor((to - 1) / TILE_WIDTH);
  for (let first = Math.floor(from / TILE_WIDTH); first <= last; first += TILES_AT_ONCE) {
    const count = Math.min(TILES_AT_ONCE, last - first + 1);
    const wanted = Array.from({ length: count }, (_, i) => ({ level: 0, index: first + i }));
    const tiles = await jobs.tiles(job, wanted);
    for (const { index } of wanted) {
      const start = index * TILE_WIDTH;
      const [begin, end] = [Math.max(from - start, 0), Math.min(to - start, TILE_WIDTH)];
      const hashes = tiles.get(`0/${index}`)?.subarray(begin * HASH_BYTES, end * HASH_BYTES);
      if (hashes?.length !== (end - begin) * HASH_BYTES) throw new ExportFault('export.not_proven', start + begin);
      yield hashes;
    }
  }
}

/** That the leaves of the range are those of the checkpoint's tree. */
export async function proofOfRange(jobs: Jobs, job: Job): Promise<RangeProof> {
  const { from, to, size } = job;
  const ranges = [...leftRanges(from), ...rightRanges(to, size)];
  const read = await reader(ranges, size, (wanted) => jobs.tiles(job, wanted));
  return rangeProof(primitives, [from, to], size, read);
}

/** That the operator's log holds the checkpoint, as a `.tlog-proof`; undefined while no checkpoint of its own covers it. */
export async function proofOfOperator(jobs: Jobs, { operatorIndex: index }: Job): Promise<string | undefined> {
  const head = index === null ? null : await jobs.operatorCheckpoint(index);
  if (index === null || !head) return undefined;
  const read = await reader(inclusionRanges(index, head.size), head.size, (wanted) => jobs.operatorTiles(wanted));
  const hashes = inclusionProof(primitives, index, head.size, read);
  return formatProofFile({ index, hashes, extra: null, checkpoint: fromUtf8(head.note)! });
}

async function reader(
  ranges: readonly Range[],
  size: number,
  fetch: (wanted: readonly TileKey[]) => Promise<Map<string, Uint8Array>>,
): Promise<SubtreeReader> {
  const tiles = await fetch(tilesFor(subtreesFor(ranges), size));
  return tileReader(primitives, (level, n) => {
    const hashes = tiles.get(`${level}/${n}`);
    if (!hashes) throw new ExportFault('export.not_proven', null, 'the log does not hold what its checkpoint covers');
    return hashes;
  });
}
