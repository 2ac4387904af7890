import { canonicalJson, decodeBase64, isHex } from '../encoding';
import { HASH_BYTES } from '../log';
import { hasExactly, isObject, isSize, jsonOf, utf8 } from './bytes';
import { malformed, PackFault } from './faults';
import { consistencySize, placeOf, REQUIRED } from './files';
import { type Filter, isTime, openedFor, parseFilter } from './filter';
import { MAX_CONSISTENCY_FILES, MAX_FILE_BYTES, MAX_MANIFEST_BYTES } from './limits';

/** What a pack says of itself. Nothing signs it: it is believed only where the log bears it out. */
export interface Manifest {
  readonly version: 1;
  readonly kind: 'cordon/evidence-pack';
  readonly origin: string;
  /** Half open. */
  readonly range: { readonly from: number; readonly to: number };
  /** `root` in base64. */
  readonly checkpoint: { readonly size: number; readonly root: string };
  readonly filter: Filter;
  /** The fields that stubs open. */
  readonly opened: readonly string[];
  /** Whether stubs show that they were left out by the filter alone. */
  readonly provable: boolean;
  readonly counts: { readonly events: number; readonly stubs: number };
  /** All but the manifest. */
  readonly files: Readonly<Record<string, FileEntry>>;
  /** RFC 3339, UTC, milliseconds. */
  readonly createdAt: string;
  /** Of all times in the pack. */
  readonly timezone: 'UTC';
  /** Name and version of the writer. */
  readonly software: string;
}

export interface FileEntry {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export const KIND = 'cordon/evidence-pack';
const MEMBERS =
  'version kind origin range checkpoint filter opened provable counts files createdAt timezone software'.split(' ');
const FILE = 'manifest.json';

/** Throws RangeError when it would not be read again. */
export function manifestBytes(manifest: Manifest): Uint8Array {
  const bytes = utf8(canonicalJson(manifest));
  try {
    parseManifest(bytes);
  } catch (error) {
    throw new RangeError(error instanceof PackFault ? error.message : 'pack.manifest');
  }
  return bytes;
}

/** Reads hostile bytes. Throws PackFault. */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MAX_MANIFEST_BYTES) throw wrong('its length');
  const value = jsonOf(bytes, FILE);
  // First, so that a pack of a later version is called that and not damaged.
  if (!isObject(value) || value.kind !== KIND) throw wrong('its kind');
  if (value.version !== 1) throw wrong('its version, which this verifier does not know');
  if (!hasExactly(value, MEMBERS)) throw wrong('its members');
  const { origin, range, checkpoint, counts, createdAt, software } = value;
  if (!isText(origin) || !isText(software) || !isTime(createdAt) || value.timezone !== 'UTC') throw wrong('its origin');
  if (!hasExactly(checkpoint, ['size', 'root']) || !isSize(checkpoint.size) || !isRoot(checkpoint.root)) {
    throw wrong('its checkpoint');
  }
  const sizes = hasExactly(range, ['from', 'to']) && isSize(range.from) && isSize(range.to);
  if (!sizes || (range.from as number) > (range.to as number) || (range.to as number) > checkpoint.size) {
    throw wrong('its range');
  }
  const filter = parseFilter(value.filter);
  if (!filter) throw wrong('its filter');
  const opened = canonicalJson(value.opened);
  if (opened !== canonicalJson(openedFor(filter)) || typeof value.provable !== 'boolean') throw wrong('what it opens');
  if (!hasExactly(counts, ['events', 'stubs']) || !isSize(counts.events) || !isSize(counts.stubs)) {
    throw wrong('its counts');
  }
  checkFiles(value.files);
  return value as unknown as Manifest;
}

function checkFiles(files: unknown): void {
  if (!isObject(files)) throw wrong('its files');
  const names = Object.keys(files);
  for (const name of names) {
    const entry = files[name];
    if (name === FILE || !placeOf(name)) throw wrong('a file that no pack has');
    if (!hasExactly(entry, ['bytes', 'sha256']) || !isSize(entry.bytes) || entry.bytes > MAX_FILE_BYTES) {
      throw wrong('the length of a file');
    }
    if (typeof entry.sha256 !== 'string' || !isHex(entry.sha256, 64) || entry.sha256 !== entry.sha256.toLowerCase()) {
      throw wrong('the hash of a file');
    }
  }
  if (names.filter((name) => consistencySize(name) !== null).length > MAX_CONSISTENCY_FILES) {
    throw wrong('too many proofs of consistency');
  }
  const missing = REQUIRED.find((name) => name !== FILE && !Object.hasOwn(files, name));
  if (missing)
    throw new PackFault('file_hash', 'the manifest does not list a file that every pack has', { file: missing });
}

const wrong = (what: string): PackFault => malformed(`the manifest cannot be taken: ${what}`, FILE);

/** One line. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 512 && !/\p{Cc}/u.test(value);

const isRoot = (value: unknown): boolean => typeof value === 'string' && decodeBase64(value)?.length === HASH_BYTES;
