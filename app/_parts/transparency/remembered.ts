/**
 * What this browser remembers of the operator's log, and whether the log of today continues it. Pure: hashing, signatures, storage and the network come
 * from outside. Nothing here asks the server whether it is honest; its answers are hashed.
 */
import {
  type Checkpoint,
  consistencyProof,
  consistencyRanges,
  HASH_BYTES,
  type Hash,
  openCheckpoint,
  parseCheckpointText,
  parseNote,
  parseVkey,
  rootOfTiles,
  subtreesFor,
  tilePath,
  tileReader,
  tilesFor,
  type VerifyEd25519,
  verifyConsistency,
} from '@/lib/kernel/log';

/** As the page shows it now. */
export interface Shown {
  /** The newest checkpoint, a signed note. */
  note: string;
  vkeys: readonly string[];
}

/** As it was kept at an earlier visit. */
export interface Remembered extends Shown {
  /** Unix milliseconds. */
  seenAt: number;
}

export interface Host extends Hash {
  verifyEd25519: VerifyEd25519;
  /** Bytes of a tile of the log; null when they cannot be had. */
  tile(path: string): Promise<Uint8Array | null>;
}

export type Comparison =
  | { state: 'first' }
  /** `grown`: by how many entries; 0 when it is the same. */
  | { state: 'consistent'; grown: number }
  /** It continues, and yet none of the keys that were known signed it. */
  | { state: 'rekeyed'; grown: number }
  /** `shorter`: fewer entries than before; `unsigned`: signed by none of its keys; `forked`: another history. */
  | { state: 'diverged'; why: 'shorter' | 'unsigned' | 'forked' }
  /** `unreachable`: a tile could not be had; `tiles`: they do not give the root that is signed. */
  | { state: 'unknown'; why: 'unreachable' | 'tiles' };

/** Compares; changes nothing. */
export async function compare(host: Host, before: Remembered | null, shown: Shown): Promise<Comparison> {
  const origin = originOf(shown.note);
  if (origin === null) return { state: 'diverged', why: 'unsigned' };
  const old = before && (await open(host, before, origin, before.vkeys));
  const known = before && old ? await open(host, shown, origin, before.vkeys) : null;
  const now = known ?? (await open(host, shown, origin, shown.vkeys));
  if (!now) return { state: 'diverged', why: 'unsigned' };
  if (!old) return { state: 'first' };
  const result = await continues(host, old, now);
  return result.state === 'consistent' && !known ? { ...result, state: 'rekeyed' } : result;
}

async function continues(
  host: Host,
  old: Checkpoint,
  now: Checkpoint,
): Promise<Extract<Comparison, { state: 'consistent' | 'diverged' | 'unknown' }>> {
  if (now.size < old.size) return { state: 'diverged', why: 'shorter' };
  const grown = now.size - old.size;
  const tiles = new Map<string, Uint8Array>();
  const ranges =
    grown === 0 || old.size === 0 ? [] : [...consistencyRanges(old.size, now.size), [0, now.size] as const];
  const wanted = tilesFor(subtreesFor(ranges), now.size);
  await Promise.all(
    wanted.map(async (tile) => {
      const bytes = await host.tile(tilePath(tile));
      if (bytes?.length === tile.width * HASH_BYTES) tiles.set(`${tile.level}/${tile.index}`, bytes);
    }),
  );
  if (tiles.size < wanted.length) return { state: 'unknown', why: 'unreachable' };
  const read = tileReader(host, (level, index) => tiles.get(`${level}/${index}`) ?? new Uint8Array());
  const proof = ranges.length === 0 ? [] : consistencyProof(host, old.size, now.size, read);
  // Only a proof that leads to both roots counts: tiles of different levels could contradict each other.
  if (verifyConsistency(host, old, now, proof)) return { state: 'consistent', grown };
  const signed = ranges.length === 0 || same(rootOfTiles(host, now.size, read), now.root);
  return signed ? { state: 'diverged', why: 'forked' } : { state: 'unknown', why: 'tiles' };
}

/** Null unless it is a checkpoint of this log, signed by one of the keys. */
async function open(host: Host, { note }: Shown, origin: string, vkeys: readonly string[]): Promise<Checkpoint | null> {
  const keys = vkeys.flatMap((vkey) => parseVkey(host, vkey) ?? []);
  const opened = await openCheckpoint(host, note, { origin, keys }, host.verifyEd25519);
  return opened.ok ? opened.checkpoint : null;
}

/** Which log a note is of, unverified. */
export function originOf(note: string): string | null {
  return parseCheckpointText(parseNote(note)?.text ?? '')?.origin ?? null;
}

export type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;
const keyOf = (origin: string): string => `cordon.log ${origin}`;

/** Null when nothing usable is stored, or storage is closed to us. */
export function recall(storage: Storage, origin: string): Remembered | null {
  try {
    const { note, vkeys, seenAt } = JSON.parse(storage.getItem(keyOf(origin)) ?? 'null') as Partial<Remembered>;
    const texts = Array.isArray(vkeys) && vkeys.every((vkey) => typeof vkey === 'string');
    return typeof note === 'string' && texts && typeof seenAt === 'number' ? { note, vkeys, seenAt } : null;
  } catch {
    return null;
  }
}

/** False when storage is closed to us. `now` in Unix milliseconds. */
export function remember(storage: Storage, origin: string, { note, vkeys }: Shown, now: number): boolean {
  try {
    storage.setItem(keyOf(origin), JSON.stringify({ note, vkeys, seenAt: now } satisfies Remembered));
    return true;
  } catch {
    return false;
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
