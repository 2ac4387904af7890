/** The files of a pack, in their order. */
export const FILES = [
  'manifest.json',
  'checkpoint',
  'range.json',
  'leaves.bin',
  'events.ndjson',
  'stubs.ndjson',
  'schemas.json',
  'vkeys',
  'operator/proof.tlog-proof',
  'README.txt',
  'events.csv',
  'verify.html',
] as const;
export type FileName = (typeof FILES)[number];

const OPTIONAL: ReadonlySet<string> = new Set(['operator/proof.tlog-proof', 'events.csv', 'verify.html']);
export const REQUIRED: readonly FileName[] = FILES.filter((name) => !OPTIONAL.has(name));

const CONSISTENCY = /^consistency\/([1-9][0-9]{0,15})$/;
const AFTER_VKEYS = FILES.indexOf('vkeys') + 0.5;

/** The size of the older tree that a file `consistency/<size>` starts from; null for other files. */
export function consistencySize(name: string): number | null {
  const size = Number(CONSISTENCY.exec(name)?.[1] ?? Number.NaN);
  return Number.isSafeInteger(size) ? size : null;
}

/** Sorts the names of a pack's files; null for a name that a pack does not have. */
export function placeOf(name: string): readonly [number, number] | null {
  const place = FILES.indexOf(name as FileName);
  if (place >= 0) return [place, 0];
  const size = consistencySize(name);
  return size === null ? null : [AFTER_VKEYS, size];
}

/** Negative when `a` comes first. Names that a pack does not have come last. */
export function compareNames(a: string, b: string): number {
  const [aPlace, aSize] = placeOf(a) ?? [FILES.length, 0];
  const [bPlace, bSize] = placeOf(b) ?? [FILES.length, 0];
  return aPlace - bPlace || aSize - bSize;
}

/** A file as it is read: once, from front to back. What is left of `data` is skipped when the next file is asked for. */
export interface PackFile {
  readonly name: string;
  readonly bytes: number;
  readonly data: AsyncIterable<Uint8Array>;
}

/** Where a pack is read from, several times over: an archive on disk, a folder, a file in a browser. */
export interface PackSource {
  /** All files, the manifest first and the others by `compareNames`. Every call begins anew. */
  files(): AsyncIterable<PackFile>;
}
