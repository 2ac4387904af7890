import 'server-only';
import { inStaff, may, type StaffCaller, type StaffDesk } from '@/lib/authz';
import { castLine, type Head, headText, RecordingVerifier } from '@/lib/kernel/recording';
import { isId } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { checkRecording, stateOf } from './check';
import { errors } from './errors';
import { linesIn } from './lines';
import { contiguous } from './pieces';
import type { HitView, LinesView, RecordingFormat, RecordingView, SearchHit } from './schemas';
import * as store from './store';
import { queryOf } from './words';

/** Bytes of a record that are checked for a page: a few seconds of work. */
const CHECKED_BYTES = 16_777_216;
/** Bytes of the file that one answer to a player is made of. */
const PLAYED_BYTES = 524_288;
const HITS = 200;

const about = (session: string) => ({ object: { type: 'production-session', id: session } });

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
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of contiguous((at) => store.pieces(desk, session, at), from)) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= PLAYED_BYTES) break;
    }
    const view = linesIn(Buffer.concat(chunks), from);
    await desk.record('recording.played@1', about(session), { from, to: view.next ?? from + size });
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

export interface RecordingDownload {
  name: string;
  stream(): ReadableStream<Uint8Array>;
}

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
  const bytes = { rec: () => contiguous(read), cast: () => castOf(contiguous(read)), heads: () => textOf(heads) };
  return { name: `${session}.${format}`, stream: () => streamOf(bytes[format]()) };
}

async function* castOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const lines: Uint8Array[] = [];
  const verifier = new RecordingVerifier(primitives, {
    running: true,
    row: (_, line) => void (line && lines.push(castLine(line))),
  });
  for await (const chunk of chunks) {
    const good = verifier.push(chunk);
    if (lines.length > 0) yield Buffer.concat(lines.splice(0));
    // A download that breaks is seen; one that is short is not.
    if (!good) throw new Error('the record is not what was committed to');
  }
}

async function* textOf(heads: readonly Head[]): AsyncGenerator<Uint8Array> {
  for (const head of heads) yield Buffer.from(`${headText(head)}\n`);
}

function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

/** For those whose role includes all records, and for the person whose session it was. The row policies say the same. */
const inRecording = <R>(
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
