import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeBase64 } from '@/lib/kernel/encoding';
import {
  type Checkpoint,
  consistencyProof,
  consistencyRanges,
  entryOf,
  inclusionProof,
  inclusionRanges,
  leafHash,
  openCheckpoint,
  parseVkey,
  type Range,
  RECORD_REASONS,
  type SubtreeReader,
  subtreesFor,
  tilePath,
  tileReader,
  tilesFor,
  verifyConsistency,
  verifyInclusion,
} from '@/lib/kernel/log';

/**
 * Proves rows of a page in the browser: the log's key signed a checkpoint, the tiles under it lead to its root, and what each row shows is what an
 * entry among them commits to. The server's word counts for nothing of this but the key, and that is compared with the one this browser knows.
 */

const hash = { sha256: (bytes: Uint8Array) => sha256(bytes) };

/** A row as the page shows it. */
export interface ShownRow {
  id: string;
  at: string;
  event: string;
  outcome: string;
  actId: string;
  projectId: string | null;
  actor: { kind: string; pseudonym: string };
  object: { type: string; id: string };
  fields: readonly { name: string; value: string; state: string }[];
}

/** What this browser remembers of a log. */
export interface Known {
  vkeys: readonly string[];
  size: number;
  /** Base64. */
  root: string;
}

export interface Asked {
  /** `<host>/audit/<log>` */
  origin: string;
  vkeys: readonly string[];
  rows: readonly ShownRow[];
  known: Known | null;
  /** Of the log's own paths: `checkpoint`, `tile/…`, `openings/…`. Throws when it gets no answer. */
  get(path: string): Promise<Uint8Array>;
  /** The newest checkpoint of the operator's log, as everybody gets it. Throws when it gets no answer. */
  published(): Promise<Uint8Array>;
}

/**
 * `new`: this browser knew none. `changed`: the checkpoint is signed by none of those that it knew, but by one that the server names and that signs
 * the operator's log for everybody, and the log continues what it saw; `known` is then for whoever looked into it to keep.
 */
export type KeyState = 'same' | 'new' | 'changed';

export type RowResult = { id: string } & (
  | { state: 'proven'; index: number }
  | { state: 'waiting' }
  | { state: 'failed'; why: string }
);

export type Proven =
  | { ok: true; size: number; rows: RowResult[]; keys: KeyState; known: Known }
  | { ok: false; why: string };

export async function provePage(asked: Asked): Promise<Proven> {
  const { rows, known, get } = asked;
  const opened = await openNewest(asked);
  if (!opened.ok) return opened;
  const { checkpoint, keys, vkeys } = opened;
  const text = new TextDecoder().decode(await get(`openings/${rows.map(({ id }) => id).join(',')}`));
  const records = text
    .split('\n')
    .filter(Boolean)
    .map((line) => entryOf(hash, line));
  const ranges = records.flatMap((record) =>
    record.ok && record.index < checkpoint.size ? inclusionRanges(record.index, checkpoint.size) : [],
  );
  const older = known && known.size > 0 && known.size < checkpoint.size ? known.size : null;
  const read = await tilesOf(
    [...ranges, ...(older ? consistencyRanges(older, checkpoint.size) : [])],
    checkpoint.size,
    get,
  );
  if (known && !continues(known, checkpoint, read))
    return { ok: false, why: 'The log is not the one this browser has seen before: its past was changed or cut off.' };
  const byId = new Map(records.map((record) => [record.ok ? String(record.fields.get('id')) : '', record]));
  const broken = records.find((record) => !record.ok);
  return {
    ok: true,
    size: checkpoint.size,
    keys,
    known: { vkeys, size: checkpoint.size, root: encodeBase64(checkpoint.root) },
    rows: rows.map((row): RowResult => {
      const record = byId.get(row.id);
      if (!record)
        return broken && !broken.ok
          ? { id: row.id, state: 'failed', why: RECORD_REASONS[broken.reason] }
          : { id: row.id, state: 'waiting' };
      if (!record.ok) return { id: row.id, state: 'failed', why: RECORD_REASONS[record.reason] };
      const { index, entry, fields } = record;
      if (index >= checkpoint.size) return { id: row.id, state: 'waiting' };
      const claim = { leaf: leafHash(hash, entry), index, size: checkpoint.size, root: checkpoint.root };
      if (!verifyInclusion(hash, claim, inclusionProof(hash, index, checkpoint.size, read)))
        return { id: row.id, state: 'failed', why: 'the log does not hold it at its place' };
      const other = differs(row, fields);
      return other
        ? { id: row.id, state: 'failed', why: `the page shows another ${other}` }
        : { id: row.id, state: 'proven', index };
    }),
  };
}

type Newest =
  | { ok: true; checkpoint: Checkpoint; keys: KeyState; vkeys: readonly string[] }
  | { ok: false; why: string };

/** The log's newest checkpoint, and by whose keys: once a browser knows some, one that is named later has to show more for itself. */
async function openNewest({ origin, vkeys, known, get, published }: Asked): Promise<Newest> {
  const note = await get('checkpoint');
  const believed = known?.vkeys ?? vkeys;
  const opened = await signedBy(believed, origin, note);
  if (opened.ok) return { ok: true, checkpoint: opened.checkpoint, keys: known ? 'same' : 'new', vkeys: believed };
  const whose = known ? 'by a key that this browser knows' : 'by the log’s key';
  const refused = { ok: false as const, why: `The newest checkpoint is not signed ${whose} (${opened.reason}).` };
  const named = known ? await signedBy(vkeys, origin, note) : opened;
  if (!named.ok) return refused;
  // A key that was made for this reader alone does not sign what everybody, and every witness, is shown.
  const shown = await signedBy(vkeys, origin.replace(/[^/]*$/, 'operator'), await published());
  return shown.ok ? { ok: true, checkpoint: named.checkpoint, keys: 'changed', vkeys } : refused;
}

const signedBy = (vkeys: readonly string[], origin: string, note: Uint8Array) =>
  openCheckpoint(
    hash,
    note,
    { origin, keys: vkeys.flatMap((vkey) => parseVkey(hash, vkey) ?? []) },
    async (key, message, signature) => ed25519.verify(signature, message, key),
  );

async function tilesOf(ranges: readonly Range[], size: number, get: Asked['get']): Promise<SubtreeReader> {
  const tiles = new Map<string, Uint8Array>();
  for (const tile of tilesFor(subtreesFor(ranges), size))
    tiles.set(`${tile.level}/${tile.index}`, await get(tilePath(tile)));
  return tileReader(hash, (level, index) => tiles.get(`${level}/${index}`) ?? new Uint8Array());
}

function continues(known: Known, { size, root }: Checkpoint, read: SubtreeReader): boolean {
  if (known.size > size) return false;
  const older = { size: known.size, root: Uint8Array.from(atob(known.root), (c) => c.charCodeAt(0)) };
  const path = known.size === 0 || known.size === size ? [] : consistencyProof(hash, known.size, size, read);
  return verifyConsistency(hash, older, { size, root }, path);
}

/** The first thing that the row shows otherwise than the record says; null when they agree. Events of before the log have one field, the header. */
function differs(row: ShownRow, fields: ReadonlyMap<string, unknown>): string | null {
  const header = fields.get('header') as Record<string, unknown> | undefined;
  const of = (name: string) => (header ? header[name] : fields.get(name));
  const shown: [string, unknown, string][] = [
    ['id', row.id, 'id'],
    ['at', row.at, 'time'],
    ['schema', row.event, 'event'],
    ['outcome', row.outcome, 'outcome'],
    ['actId', row.actId, 'act'],
    ['projectId', row.projectId, 'project'],
    ['actorKind', row.actor.kind, 'kind of actor'],
    ['actor', row.actor.pseudonym, 'actor'],
    ['objectType', row.object.type, 'kind of object'],
    ['objectId', row.object.id, 'object'],
  ];
  const other = shown.find(([name, value]) => of(name) !== value);
  if (other) return other[2];
  const details = { ...((of('details') as Record<string, unknown>) ?? {}) };
  for (const { name, value, state } of row.fields) {
    const said = Object.hasOwn(details, name) ? details[name] : fields.get(name);
    if (state === 'present' && said !== undefined && (typeof said === 'string' ? said : JSON.stringify(said)) !== value)
      return `value of ${name}`;
  }
  const missing = Object.keys(details).find((name) => !row.fields.some((field) => field.name === name));
  return missing === undefined ? null : `value of ${missing}`;
}
