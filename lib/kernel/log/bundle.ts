import { MAX_ENTRY_BYTES } from './limits';
import { TILE_WIDTH } from './tiles';

/** An entry bundle (C2SP tlog-tiles): 1 to 256 entries, each after its length as a big-endian u16. Throws RangeError beyond that. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length < 1 || entries.length > TILE_WIDTH) throw new RangeError('log.bundle');
  if (entries.some(({ length }) => length > MAX_ENTRY_BYTES)) throw new RangeError('log.entry_too_long');
  const bytes = new Uint8Array(entries.reduce((sum, { length }) => sum + 2 + length, 0));
  let at = 0;
  for (const entry of entries) {
    bytes[at] = entry.length >> 8;
    bytes[at + 1] = entry.length;
    bytes.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bytes;
}

/** The entries, as views; null unless there are exactly `width` and nothing after them. */
export function decodeBundle(bytes: Uint8Array, width: number): Uint8Array[] | null {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (entries.length === width || at + 2 > bytes.length) return null;
    const end = at + 2 + ((bytes[at]! << 8) | bytes[at + 1]!);
    if (end > bytes.length) return null;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries.length === width ? entries : null;
}
