import 'server-only';
import { inStaff, may, type StaffCaller, type StaffDesk } from '@/lib/authz';
import { isId } from '@/lib/platform';
import { CHECKED_BYTES, checkRecording, stateOf } from './check';
import { errors } from './errors';
import { downloadOf, type RecordingDownload } from './files';
import { readFrom } from './lines';
import { contiguous } from './pieces';
import type { HitView, LinesView, RecordingFormat, RecordingView, SearchHit } from './schemas';
import * as store from './store';
import { queryOf } from './words';

const HITS = 200;

export const about = (session: string) => ({ object: { type: 'production-session', id: session } });

/**
 * One screen record as a whole: how it stands against the audit log, its marks, its idle stretches. Looking is recorded. Throws
 * `recording.not_found`, `recording.not_yours`.
 */
export const openRecording = (caller: StaffCaller, session: string): Promise<RecordingView> =>
  inRecording(caller, session, async (desk, { over, announced, indexed }) => {
    const heads = await store.heads(desk, session);
    const chunks = contiguous((from) => store.pieces(desk, session, from));
    const checked = await checkRecording(chunks, heads, CHECKED_BYTES);
    const state = stateOf({ checked, heads, over, announced });
    const { screen, seconds, lines, redacted, bytes, marks, idle } = checked;
    await desk.record('recording.opened@1', about(session), { state: state.is, lines });
    return { session, state, heads: heads.length, screen, seconds, lines, redacted, bytes, marks, idle, indexed };
  });

/** Lines for a player, from a byte at which a row begins: 0, or what the lines before said. Throws as `openRecording`. */
export const readLines = (caller: StaffCaller, session: string, from: number): Promise<LinesView> =>
  inRecording(caller, session, async (desk) => {
    const { view, to } = await readFrom((at) => store.pieces(desk, session, at), from);
    // Whoever waits for more of a live record has not seen anything.
    if (view.lines.length > 0) await desk.record('recording.played@1', about(session), { from, to });
    return view;
  });

/** Where on the screens of one record these words begin words. Throws as `openRecording`. */
export const findInRecording = (caller: StaffCaller, session: string, words: string): Promise<HitView[]> =>
  inRecording(caller, session, async (desk) => {
    const query = queryOf(words);
    if (query === null) return [];
    const hits = await store.hits(desk, session, query, HITS);
    await desk.record('recording.searched@1', about(session), { hits: hits.length, words });
    return hits;
  });

/** The same in all records that the reader may see, of the newest session first; at most 200. */
export const searchRecordings = (caller: StaffCaller, words: string): Promise<SearchHit[]> =>
  inStaff(caller, ['ProductionSession', 'read'], async (desk) => {
    const query = queryOf(words);
    if (query === null) return [];
    const hits = await store.search(desk, query, HITS);
    const object = { type: 'production-session', id: 'all' };
    await desk.record('recording.searched@1', { object }, { hits: hits.length, words });
    return hits;
  });

/**
 * To take away: `rec` is the file as it came, to be verified with `heads`, what the audit log says of it; `cast` is for players, and proves
 * nothing. That it was taken is recorded before the first byte. Throws as `openRecording`, and `recording.none`.
 */
export async function downloadRecording(
  caller: StaffCaller,
  session: string,
  format: RecordingFormat,
): Promise<RecordingDownload> {
  const heads = await inRecording(caller, session, async (desk) => {
    if (format !== 'heads' && (await store.pieces(desk, session, 0))[0]?.offset !== 0) throw errors('recording.none');
    await desk.record('recording.downloaded@1', about(session), { format });
    return store.heads(desk, session);
  });
  // A transaction for each read, so that none stays open for as long as somebody takes to download.
  const read = (from: number) => inRecording(caller, session, (desk) => store.pieces(desk, session, from));
  return downloadOf({ name: session, heads, chunks: () => contiguous(read) }, format);
}

/** For those whose role includes all records, and for the person whose session it was. The row policies say the same. */
export const inRecording = <R>(
  caller: StaffCaller,
  session: string,
  work: (desk: StaffDesk, row: store.RecordingRow) => Promise<R>,
): Promise<R> =>
  inStaff(caller, ['ProductionSession', 'read'], async (desk) => {
    const row = isId('ssn', session) ? await store.find(desk, session) : null;
    if (!row) throw errors('recording.not_found');
    const { userId, sessionId, role } = desk;
    const all = may({ kind: 'staff', userId, sessionId, role, secret: '' }, 'read', 'SessionRecording');
    if (!all && row.userId !== userId) throw errors('recording.not_yours');
    return work(desk, row);
  });
