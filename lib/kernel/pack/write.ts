import { canonicalJson, encodeBase64, toHex } from '../encoding';
import { HASH_BYTES, parseCheckpointText, parseNote, type RangeProof } from '../log';
import { utf8 } from './bytes';
import { compareNames } from './files';
import { type Filter, openedFor, parseFilter } from './filter';
import type { PackHost } from './host';
import { type FileEntry, KIND, type Manifest, manifestBytes } from './manifest';
import { readmeText } from './readme';
import type { TarMember } from './tar';

/** What an evidence pack is made of. */
export interface PackInput {
  /** The log's signed note, verbatim. */
  readonly checkpoint: string;
  /** Half open; within the checkpoint's size. */
  readonly range: { readonly from: number; readonly to: number };
  /** For the checkpoint's size (`rangeProof`). */
  readonly proof: RangeProof;
  /** Leaf hashes of the range, in pieces of any length. */
  readonly leaves: AsyncIterable<Uint8Array>;
  /** Lines without their ends (`openingLine`), ascending: the records of the events that match, and the stubs of all others. */
  readonly events: AsyncIterable<string>;
  readonly stubs: AsyncIterable<string>;
  readonly filter: Filter;
  /** False when events were left out by anything but the filter: such a pack verifies in everything but its completeness. */
  readonly provable: boolean;
  /** The shapes whose digests the events name, whatever their order. */
  readonly schemas: readonly unknown[];
  readonly vkeys: readonly string[];
  /** Proofs of consistency with the checkpoint, by the older size: for auditors who know the log at a size outside the range. */
  readonly consistency?: ReadonlyMap<number, readonly Uint8Array[]>;
  /** That the operator log holds the checkpoint (`.tlog-proof`). */
  readonly operatorProof?: string;
  readonly csv?: AsyncIterable<Uint8Array>;
  readonly verifyHtml?: Uint8Array;
  /** RFC 3339, UTC, milliseconds. */
  readonly createdAt: string;
  readonly software: string;
}

/** Where the files wait until all are there: the manifest, which comes first, has the hashes of all. */
export interface Spool {
  write(name: string, data: AsyncIterable<Uint8Array>): Promise<void>;
  read(name: string): AsyncIterable<Uint8Array>;
}

/**
 * Writes the files of a pack into the spool, each input read once, and answers them in their order: for `writeTar`, or to be left as a
 * folder. Throws RangeError when what is given cannot be one pack. It takes lines and leaves as they come: verify the product (`verifyPack`)
 * before it is handed out.
 */
export async function buildPack(host: PackHost, input: PackInput, spool: Spool): Promise<TarMember[]> {
  const { range, filter, provable, createdAt, software } = input;
  const note = parseNote(input.checkpoint);
  const checkpoint = note && parseCheckpointText(note.text);
  if (!checkpoint || !parseFilter(filter)) throw new RangeError('pack.input');
  const entries: Record<string, FileEntry> = {};
  const add = async (name: string, data: AsyncIterable<Uint8Array>) => {
    const hasher = host.hasher();
    let bytes = 0;
    await spool.write(
      name,
      tapped(data, (chunk) => {
        hasher.update(chunk);
        bytes += chunk.length;
      }),
    );
    entries[name] = { bytes, sha256: toHex(hasher.digest()) };
  };
  const addText = (name: string, text: string) => add(name, once(utf8(text)));

  await addText('checkpoint', input.checkpoint);
  const { left, right } = input.proof;
  await addText('range.json', canonicalJson({ left: left.map(encodeBase64), right: right.map(encodeBase64) }));
  await add('leaves.bin', input.leaves);
  const counts = { events: 0, stubs: 0 };
  await add(
    'events.ndjson',
    linesOf(input.events, () => counts.events++),
  );
  await add(
    'stubs.ndjson',
    linesOf(input.stubs, () => counts.stubs++),
  );
  await addText('schemas.json', schemasJson(host, input.schemas));
  await addText('vkeys', input.vkeys.map((vkey) => `${vkey}\n`).join(''));
  for (const [size, hashes] of input.consistency ?? []) {
    await addText(`consistency/${size}`, hashes.map((hash) => `${encodeBase64(hash)}\n`).join(''));
  }
  if (input.operatorProof !== undefined) await addText('operator/proof.tlog-proof', input.operatorProof);
  if (input.csv) await add('events.csv', input.csv);
  if (input.verifyHtml) await add('verify.html', once(input.verifyHtml));
  const leaves = range.to - range.from;
  if (entries['leaves.bin']!.bytes !== leaves * HASH_BYTES || counts.events + counts.stubs !== leaves) {
    throw new RangeError('pack.incomplete');
  }

  const said: Omit<Manifest, 'files'> = {
    version: 1,
    kind: KIND,
    origin: checkpoint.origin,
    range,
    checkpoint: { size: checkpoint.size, root: encodeBase64(checkpoint.root) },
    filter,
    opened: openedFor(filter),
    provable,
    counts,
    createdAt,
    timezone: 'UTC',
    software,
  };
  await addText('README.txt', readmeText(said));
  const manifest = manifestBytes({ ...said, files: entries });
  await spool.write('manifest.json', once(manifest));
  const members = Object.entries(entries).map(([name, { bytes }]) => ({ name, bytes }));
  return [{ name: 'manifest.json', bytes: manifest.length }, ...members]
    .sort((a, b) => compareNames(a.name, b.name))
    .map((member) => ({ ...member, read: () => spool.read(member.name) }));
}

/** Each shape under its digest, once. */
function schemasJson({ sha256 }: Pick<PackHost, 'sha256'>, shapes: readonly unknown[]): string {
  return canonicalJson(Object.fromEntries(shapes.map((shape) => [toHex(sha256(utf8(canonicalJson(shape)))), shape])));
}

const CHUNK_CHARACTERS = 65_536;

async function* linesOf(lines: AsyncIterable<string>, counted: () => void): AsyncGenerator<Uint8Array> {
  let chunk = '';
  for await (const line of lines) {
    counted();
    chunk += `${line}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield utf8(chunk);
    chunk = '';
  }
  if (chunk !== '') yield utf8(chunk);
}

async function* tapped(data: AsyncIterable<Uint8Array>, tap: (chunk: Uint8Array) => void) {
  for await (const chunk of data) {
    tap(chunk);
    yield chunk;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
