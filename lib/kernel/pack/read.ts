import { decodeBase64, fromHex } from '../encoding';
import { Frontier, HASH_BYTES, MAX_PROOF_HASHES, type RangeProof, rootBeyond } from '../log';
import { hasExactly, joined, jsonOf, sameBytes, textOf } from './bytes';
import { malformed, PackFault } from './faults';
import { compareNames, consistencySize, type PackFile, type PackSource, placeOf } from './files';
import type { PackHost } from './host';
import { MAX_MANIFEST_BYTES, MAX_WHOLE_BYTES } from './limits';
import { type Manifest, parseManifest } from './manifest';

/** A pack whose files are those of its manifest; what they say is not checked yet. */
export interface Pack {
  readonly manifest: Manifest;
  /** The files that are small enough to be held. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly range: RangeProof;
  /** Proofs of consistency with the checkpoint, by the older size. */
  readonly consistency: ReadonlyMap<number, readonly Uint8Array[]>;
  /** That `range.json` and the leaves lead to; null when they cannot. */
  readonly root: Uint8Array | null;
  /** The root that the log had at the size asked for, if the leaves tell it. */
  readonly rootAt: Uint8Array | null;
}

export interface Reading {
  /** A size at which to take the root on the way. */
  readonly rootAt?: number | undefined;
  /** Bytes read so far, and of all files. */
  progress?: (done: number, total: number) => void;
}

/** Reads all of a pack once, comparing every file with the manifest. Throws PackFault. */
export async function readPack(host: PackHost, source: PackSource, reading: Reading = {}): Promise<Pack> {
  const files = new Map<string, Uint8Array>();
  const consistency = new Map<number, Uint8Array[]>();
  const seen: string[] = [];
  let manifest: Manifest | undefined;
  let range: RangeProof | undefined;
  let roots: Pick<Pack, 'root' | 'rootAt'> = { root: null, rootAt: null };
  let done = 0;
  for await (const file of source.files()) {
    const { name } = file;
    if (!manifest) {
      if (name !== 'manifest.json') throw malformed('the first file is not the manifest');
      manifest = parseManifest(await whole(file, MAX_MANIFEST_BYTES));
      continue;
    }
    if (!placeOf(name)) throw malformed('a file that no pack has', name);
    const last = seen.at(-1);
    if (!Object.hasOwn(manifest.files, name))
      throw new PackFault('file_hash', 'the manifest does not list it', { file: name });
    if (last !== undefined && compareNames(last, name) >= 0) throw malformed('the files are out of order', name);
    seen.push(name);
    const total = totalOf(manifest);
    const passed = checked(host, manifest, file, (bytes) => {
      done += bytes;
      reading.progress?.(done, total);
    });
    const limit = limitOf(name);
    if (limit !== null) {
      const bytes = await whole({ ...file, data: passed }, limit);
      files.set(name, bytes);
      const size = consistencySize(name);
      if (size !== null) consistency.set(size, parseConsistency(bytes, name));
      if (name === 'range.json') range = parseRange(bytes);
    } else if (name === 'leaves.bin') {
      roots = await foldLeaves(host, manifest, range, passed, reading.rootAt);
    } else {
      for await (const _ of passed);
    }
  }
  if (!manifest) throw malformed('there is no file in it');
  const missing = Object.keys(manifest.files).find((name) => !seen.includes(name));
  if (missing) throw new PackFault('file_hash', 'the manifest lists it, and it is not there', { file: missing });
  return { manifest, files, range: range!, consistency, ...roots };
}

const totalOf = ({ files }: Manifest): number => Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);

function limitOf(name: string): number | null {
  if (consistencySize(name) !== null) return MAX_WHOLE_BYTES.consistency;
  return (MAX_WHOLE_BYTES as Readonly<Record<string, number>>)[name] ?? null;
}

async function whole({ name, bytes, data }: PackFile, limit: number): Promise<Uint8Array> {
  if (bytes > limit) throw malformed('the file is too long', name);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of data) {
    length += chunk.length;
    if (length > limit) throw malformed('the file is too long', name);
    chunks.push(chunk.slice());
  }
  return joined(chunks);
}

/** The same bytes; throws PackFault at their end, or before, when they are not those of the manifest. */
async function* checked(
  host: PackHost,
  manifest: Manifest,
  { name, data }: PackFile,
  passed: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const { bytes, sha256 } = manifest.files[name]!;
  const hasher = host.hasher();
  let length = 0;
  for await (const chunk of data) {
    length += chunk.length;
    if (length > bytes) break;
    hasher.update(chunk);
    passed(chunk.length);
    yield chunk;
  }
  if (length !== bytes)
    throw new PackFault('file_hash', 'it is longer or shorter than the manifest says', { file: name });
  if (!sameBytes(hasher.digest(), fromHex(sha256)!)) {
    throw new PackFault('file_hash', 'its SHA-256 is not the one of the manifest', { file: name });
  }
}

function parseRange(bytes: Uint8Array): RangeProof {
  const value = jsonOf(bytes, 'range.json');
  if (!hasExactly(value, ['left', 'right'])) throw malformed('it is not an object of left and right', 'range.json');
  return { left: hashesOf(value.left), right: hashesOf(value.right) };
}

function parseConsistency(bytes: Uint8Array, name: string): Uint8Array[] {
  const lines = textOf(bytes, name).split('\n');
  const last = lines.pop();
  const hashes = lines.map((line) => decodeBase64(line));
  if (last !== '' || hashes.length > MAX_PROOF_HASHES || !hashes.every((hash) => hash?.length === HASH_BYTES)) {
    throw malformed('it is not hashes in base64, one a line', name);
  }
  return hashes as Uint8Array[];
}

function hashesOf(value: unknown): Uint8Array[] {
  const hashes = (Array.isArray(value) ? value : [null]).map((text) =>
    typeof text === 'string' ? decodeBase64(text) : null,
  );
  if (!hashes.every((hash) => hash?.length === HASH_BYTES)) {
    throw malformed('it holds something else than lists of hashes in base64', 'range.json');
  }
  return hashes as Uint8Array[];
}

async function foldLeaves(
  host: PackHost,
  { range: { from, to }, checkpoint }: Manifest,
  range: RangeProof | undefined,
  data: AsyncIterable<Uint8Array>,
  size: number | undefined,
): Promise<Pick<Pack, 'root' | 'rootAt'>> {
  if (!range) throw malformed('there is no range.json before it', 'leaves.bin');
  const frontier = Frontier.of(host, { size: from, hashes: range.left });
  let rootAt = frontier && size === from ? frontier.root() : null;
  let leaves = 0;
  for await (const some of leavesOf(data)) {
    for (let at = 0; at < some.length; at += HASH_BYTES) {
      leaves++;
      if (leaves > to - from) break;
      frontier?.append(some.slice(at, at + HASH_BYTES));
      if (frontier?.size === size) rootAt = frontier?.root() ?? null;
    }
  }
  if (leaves !== to - from) throw malformed('it has more or fewer leaves than the range', 'leaves.bin');
  return { root: frontier && rootBeyond(host, frontier, checkpoint.size, range.right), rootAt };
}

/** Leaf hashes, 32 bytes each, as many as come at a time. Of use until the next are asked for. Throws PackFault when the last is cut off. */
export async function* leavesOf(data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of data) {
    const bytes = rest.length === 0 ? chunk : joined([rest, chunk]);
    const end = bytes.length - (bytes.length % HASH_BYTES);
    rest = bytes.slice(end);
    yield bytes.subarray(0, end);
  }
  if (rest.length > 0) throw malformed('the last leaf is cut off', 'leaves.bin');
}

/** Opens one file of a pack, skipping those before it. The caller reads it to its end or closes it. Throws PackFault. */
export async function* openFile(source: PackSource, name: string): AsyncGenerator<Uint8Array> {
  for await (const file of source.files()) {
    if (file.name !== name) continue;
    yield* file.data;
    return;
  }
  throw new PackFault('file_hash', 'it was there before and is not now', { file: name });
}
