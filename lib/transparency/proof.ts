import { recordFields } from '@/lib/audit';
import { type Caller, inTenant, type Source, type Tx } from '@/lib/authz';
import { fromUtf8, toUtf8 } from '@/lib/kernel/encoding';
import {
  entryOf,
  type FieldState,
  formatProofFile,
  inclusionProof,
  inclusionRanges,
  leafHash,
  openingLine,
  openingOf,
  subtreesFor,
  tileReader,
  tilesFor,
  verifyInclusion,
} from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { transparencyErrors } from './errors';
import { eventId, proofName } from './schemas';
import * as store from './store';

/** That a log holds an event, as a file that is checked without us: `npx cordon audit verify FILE --vkey FILE`. */
export interface ProofDownload {
  name: string;
  /** C2SP tlog-proof; its extra data is the record of what this reader may see of the event. */
  text: string;
}

/** Of an event in the organisation's log. That it was taken out is recorded there. Throws `proof.not_found`, `proof.pending`, `proof.altered`. */
export const exportProof = (caller: Caller & { kind: 'member' }, id: string): Promise<ProofDownload> =>
  inTenant(caller, ['AuditEvent', 'export'], async (tx, tenant) => {
    const file = await proofOf(tx, tenant.organisationId, id);
    const { object, fields } = store.exported(id);
    await tenant.record('audit.exported@1', { object }, fields);
    return file;
  });

/** The same in the provider's own log. */
export const exportProviderProof = (secret: string, id: string, source?: Source): Promise<ProofDownload> =>
  store.asStaff(secret, async (tx, who) => {
    const file = await proofOf(tx, 'provider', id);
    await store.recordExport(tx, who.userId, id, source);
    return file;
  });

async function proofOf(tx: Tx, log: string, id: string): Promise<ProofDownload> {
  const known = eventId.safeParse(id).success;
  const row = known ? await store.event(tx, log, id) : null;
  if (!row) throw transparencyErrors(known && (await store.isPruned(tx, log, id)) ? 'proof.pruned' : 'proof.not_found');
  if (row.index === null) throw pending('It was written a moment ago and has no place yet.');
  const index = Number(row.index);
  const checkpoint = await store.eventRows(tx, log).checkpoint();
  const covered = checkpoint?.size ?? 0;
  if (!checkpoint || covered <= index)
    throw pending(`Its place is #${index}; the newest checkpoint covers the first ${covered}.`);
  const line = lineOf(row, await recordFields(row), index);
  const hashes = await pathOf(tx, log, index, checkpoint.size);
  const claim = { leaf: leafHash(primitives, row.entry), index, size: checkpoint.size, root: checkpoint.root };
  // What does not hold is not handed out, whoever is to blame.
  if (!line || !verifyInclusion(primitives, claim, hashes)) throw transparencyErrors('proof.altered');
  const text = formatProofFile({
    index,
    hashes,
    extra: toUtf8(line)!,
    checkpoint: fromUtf8(checkpoint.note)!,
  });
  return { name: proofName(row.id), text };
}

const pending = (why: string) => transparencyErrors('proof.pending', { why, retryAfterSeconds: 1 });

/** The record, or null when it does not lead to the row's entry. */
function lineOf(row: store.EventRow, fields: FieldState[] | null, index: number): string | null {
  if (!fields) return null;
  const line = openingLine(openingOf(primitives, index, fields));
  const read = entryOf(primitives, line);
  return read.ok && Buffer.from(read.entry).equals(row.entry) ? line : null;
}

async function pathOf(tx: Tx, log: string, index: number, size: number): Promise<Uint8Array[]> {
  const wanted = tilesFor(subtreesFor(inclusionRanges(index, size)), size);
  const tiles = await store.tiles(tx, log, wanted);
  const read = tileReader(primitives, (level, n) => {
    const hashes = tiles.get(`${level}/${n}`);
    if (!hashes) throw new Error('a log does not hold what its checkpoint covers');
    return hashes;
  });
  return inclusionProof(primitives, index, size, read);
}
