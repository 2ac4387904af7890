import { encodeBundle, parseTilePath, TILE_WIDTH, tileWidth } from '@/lib/kernel/log';
import { transparencyErrors } from './errors';
import type { LogRows } from './store';

/**
 * A log as C2SP tlog-tiles serves it. What the newest checkpoint does not cover is not there: nobody is shown a hash that could still
 * be denied. The content of a path never changes.
 */

const HASH_BYTES = 32;

/** The newest signed note. Throws `log.not_found` before the first. */
export async function newestNote(log: LogRows): Promise<Uint8Array> {
  const checkpoint = await log.checkpoint();
  if (!checkpoint) throw transparencyErrors('log.not_found');
  return checkpoint.note;
}

/** A tile or an entry bundle by its path, `tile/…`. Throws `log.not_found`. */
export async function tileAt(log: LogRows, path: string): Promise<Uint8Array> {
  const name = parseTilePath(path);
  const checkpoint = name && (await log.checkpoint());
  if (!name || !checkpoint) throw transparencyErrors('log.not_found');
  const { level, index, width } = name;
  const available = tileWidth(level === 'entries' ? 0 : level, index, checkpoint.size);
  if (width > available) throw transparencyErrors('log.not_found');
  if (level === 'entries') {
    // A bundle that ends at the minimum index or before it is pruned as a whole; every other is whole.
    if ((index + 1) * TILE_WIDTH <= (await log.minimum())) throw transparencyErrors('log.pruned');
    return bundle(await log.entries(index * TILE_WIDTH, width), width);
  }
  const hashes = await log.tile(level, index);
  if (!hashes || hashes.length < width * HASH_BYTES) throw missing();
  return hashes.subarray(0, width * HASH_BYTES);
}

function bundle(entries: readonly Uint8Array[], width: number): Uint8Array {
  if (entries.length !== width) throw missing();
  return encodeBundle(entries);
}

/** Signed, and yet not stored: no answer of ours may look as if the log were shorter. */
const missing = () => new Error('a log does not hold what its checkpoint covers');
