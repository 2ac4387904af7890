import 'server-only';
import { append, type EventSchema, type NewEvent } from '@/lib/audit';
import type { Source } from '@/lib/authz';
import { isSecret, newViewSecret, throttled } from '@/lib/identity';
import { isCordonError } from '@/lib/platform';
import { CHECKED_BYTES, checkRecording, stateOf } from '../check';
import * as copies from '../copies/store';
import { errors } from '../errors';
import { downloadOf, type RecordingDownload } from '../files';
import { readFrom } from '../lines';
import { contiguous } from '../pieces';
import type { LinesView, RecordingFormat, SharedView } from '../schemas';
import * as records from '../store';
import * as store from './store';

/**
 * A copy as somebody from outside sees it, without an account: the link opens a view, and the view reads. Whatever is wrong with either, unknown,
 * expired, revoked or used up, the answer is the same `recording.share`.
 */

/**
 * Opens a link: counts, is recorded, and gives the secret of the view. Guesses are slowed down by where they come from. Throws `recording.share`,
 * `identity.throttled`.
 */
export async function openShare(link: string, from: { address: string }, source: Source): Promise<string> {
  // Clients whose address is unknown do not hold each other up.
  const subject = `share|${from.address === 'unknown' ? link.slice(0, 64) : from.address}`;
  const opened = await throttled({ subject, address: from.address }, async () => {
    if (!isSecret(link)) return null;
    const view = newViewSecret();
    try {
      await store.open(link, view.hash, (tx, row) => record(tx, row, source, 'recording.share_viewed@1', {}));
    } catch (error) {
      if (isInvalid(error)) return null;
      throw error;
    }
    return view.secret;
  });
  if (opened === null) throw errors('recording.share');
  return opened;
}

/** What a view shows, verified against the heads of the log. Throws `recording.share`. */
export const readShared = (view: string): Promise<SharedView> =>
  inView(view, async (tx, row) => {
    const heads = await records.heads({ tx }, row.session);
    const checked = await checkRecording(piecesOf({ tx }, row.copyId), heads, CHECKED_BYTES);
    const state = stateOf({ checked, heads, over: true, announced: checked.bytes });
    const { result, ...seen } = checked;
    return {
      recording: { ...seen, session: row.session, state, heads: heads.length },
      ...{ target: row.target, recipient: row.recipient, view: row.view, viewsLeft: row.viewsLeft },
      ...{ startedAt: row.startedAt?.toISOString() ?? null, openedAt: row.openedAt.toISOString() },
      ...{ endsAt: row.endsAt.toISOString(), expiresAt: row.expiresAt.toISOString() },
    };
  });

/** Lines for the player. Throws `recording.share`. */
export const readSharedLines = (view: string, from: number): Promise<LinesView> =>
  inView(view, async (tx, { copyId }) => (await readFrom((at) => copies.pieces({ tx }, copyId, at), from)).view);

/** The copy to take away. The name of who has it and the time of the view stand in the cast. Throws `recording.share`. */
export async function downloadShared(
  view: string,
  source: Source,
  format: RecordingFormat,
): Promise<RecordingDownload> {
  const { row, heads } = await inView(view, async (tx, found) => {
    await record(tx, found, source, 'recording.share_downloaded@1', { format });
    return { row: found, heads: await records.heads({ tx }, found.session) };
  });
  // A transaction for each read: who is revoked meanwhile gets no further.
  const read = (from: number) => inView(view, (tx) => copies.pieces({ tx }, row.copyId, from));
  return downloadOf({ name: row.copyId, heads, chunks: () => contiguous(read) }, format, markOf(row));
}

/** Drawn over the player, and put into what has room for it. */
export const markOf = ({ recipient, openedAt }: { recipient: string; openedAt: Date | string }): string =>
  `Shown to ${recipient}, ${new Date(openedAt).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const piecesOf = (at: { tx: Parameters<typeof copies.pieces>[0]['tx'] }, copyId: string) =>
  contiguous((from) => copies.pieces(at, copyId, from));

async function inView<R>(view: string, work: Parameters<typeof store.enter<R>>[1]): Promise<R> {
  if (!isSecret(view)) throw errors('recording.share');
  try {
    return await store.enter(view, work);
  } catch (error) {
    if (isInvalid(error)) throw errors('recording.share');
    throw error;
  }
}

const isInvalid = (error: unknown): boolean => isCordonError(error) && error.code === 'share.invalid';

function record<S extends Extract<EventSchema, `recording.share_${string}`>>(
  tx: Parameters<typeof append>[0],
  { shareId, session, view, recipient }: store.SharedRow,
  source: Source,
  schema: S,
  more: object,
): Promise<string> {
  return append(tx, {
    ...{ schema, outcome: 'success', actor: { kind: 'anonymous', id: 'shared-link', ...source } },
    object: { type: 'production-session', id: session },
    fields: { share: shareId, view, recipient, ...more },
  } as NewEvent<S>);
}
