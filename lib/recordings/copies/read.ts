import 'server-only';
import { inStaff, type StaffCaller, type StaffDesk } from '@/lib/authz';
import { isId } from '@/lib/platform';
import { CHECKED_BYTES, checkRecording, stateOf } from '../check';
import { errors } from '../errors';
import { downloadOf, type RecordingDownload } from '../files';
import { readFrom } from '../lines';
import { contiguous } from '../pieces';
import { about } from '../read';
import type { CopyView, LinesView, RecordingFormat, RecordingView, ShareView } from '../schemas';
import * as shares from '../shares/store';
import * as records from '../store';
import * as store from './store';

/** Copies of one record, the newest first, and with whom each is shared. For those whose role includes all records. */
export const listCopies = (caller: StaffCaller, session: string): Promise<CopyView[]> =>
  inStaff(caller, ['SessionRecording', 'read'], async (desk) => {
    const rows = isId('ssn', session) ? await store.copies(desk, session) : [];
    const given = await shares.ofCopies(
      desk,
      rows.map(({ id }) => id),
    );
    return rows.map(({ id, withheld, withheldLines, reason, by, madeAt }) => ({
      ...{ id, withheld, withheldLines, reason, by, madeAt: madeAt.toISOString() },
      shares: given.filter(({ copyId }) => copyId === id).map(viewOf),
    }));
  });

function viewOf({
  id,
  recipient,
  views,
  mostViews,
  viewedAt,
  expiresAt,
  by,
  over,
  revoked,
}: shares.ShareRow): ShareView {
  const state = revoked ? 'revoked' : over ? 'expired' : views >= mostViews ? 'used up' : 'open';
  const times = { viewedAt: viewedAt?.toISOString() ?? null, expiresAt: expiresAt.toISOString() };
  return { id, recipient, state, views, mostViews, by, ...times };
}

/** One copy as whoever it is shared with will see it, verified against the heads of the record. Looking is recorded. Throws `recording.copy`. */
export const openCopy = (caller: StaffCaller, id: string): Promise<RecordingView> =>
  inCopy(caller, id, async (desk, { sessionId }) => {
    const heads = await records.heads(desk, sessionId);
    const checked = await checkRecording(
      contiguous((from) => store.pieces(desk, id, from)),
      heads,
      CHECKED_BYTES,
    );
    const state = stateOf({ checked, heads, over: true, announced: checked.bytes });
    const { result, ...seen } = checked;
    await desk.record('recording.opened@1', about(sessionId), { state: state.is, lines: checked.lines });
    return { ...seen, session: sessionId, state, heads: heads.length, indexed: null };
  });

/** As `readLines`, of a copy. Throws `recording.copy`. */
export const readCopyLines = (caller: StaffCaller, id: string, from: number): Promise<LinesView> =>
  inCopy(caller, id, async (desk, { sessionId }) => {
    const { view, to } = await readFrom((at) => store.pieces(desk, id, at), from);
    if (view.lines.length > 0) await desk.record('recording.played@1', about(sessionId), { from, to });
    return view;
  });

/** As `downloadRecording`, of a copy. Throws `recording.copy`. */
export async function downloadCopy(
  caller: StaffCaller,
  id: string,
  format: RecordingFormat,
): Promise<RecordingDownload> {
  const heads = await inCopy(caller, id, async (desk, { sessionId }) => {
    await desk.record('recording.downloaded@1', about(sessionId), { format });
    return records.heads(desk, sessionId);
  });
  const read = (from: number) => inCopy(caller, id, (desk) => store.pieces(desk, id, from));
  return downloadOf({ name: id, heads, chunks: () => contiguous(read) }, format);
}

const inCopy = <R>(
  caller: StaffCaller,
  id: string,
  work: (desk: StaffDesk, row: store.CopyRow) => Promise<R>,
): Promise<R> =>
  inStaff(caller, ['SessionRecording', 'read'], async (desk) => {
    const row = isId('rcp', id) ? await store.copy(desk, id) : null;
    if (!row) throw errors('recording.copy');
    return work(desk, row);
  });
