/**
 * Streams of an audit log to receivers that its owner chooses: signed webhooks, or syslog over TLS, in the order of the log, each event at least
 * once. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import { keyring } from '@/lib/keyring';
import { isId, newId } from '@/lib/platform';
import { hostOf } from './address';
import { checked } from './check';
import { streamerUrl } from './config';
import { streamErrors } from './errors';
import type { ChangeStream, CreateStream, StreamDetail, StreamView } from './schemas';
import * as store from './store';
import { changeTerms, createTerms } from './terms';
import { streamHost, toDelivery, toLetter, toView } from './view';

export { streamErrors } from './errors';
export type { Streamer } from './store';
export { testStream } from './test-stream';
export { startStreamer } from './worker/run';

type Streamer = store.Streamer;
const STREAMS_AT_MOST = 5;

/** The log's streams, oldest first. */
export const listStreams = (as: Streamer): Promise<StreamView[]> =>
  store.inLog(as, 'read', async (desk) => (await store.standing(desk)).map((row) => toView(row, desk.mayChange)));

/** One stream with its last tries and its dead letters, up to 100 of each. Throws `stream.not_found`. */
export const describeStream = (as: Streamer, id: string): Promise<StreamDetail> =>
  store.inLog(as, 'read', async (desk) => {
    const [row] = isId('str', id) ? await store.standing(desk, id) : [];
    if (!row) throw streamErrors('stream.not_found');
    return {
      stream: toView(row, desk.mayChange),
      deliveries: (await store.deliveries(desk, id)).map(toDelivery),
      letters: (await store.letters(desk, id)).map(toLetter),
    };
  });

/**
 * Begins a stream. `secret` is what webhooks are signed with, shown here and never again; null for syslog. Step-up `stream.create` (staff:
 * `staff-stream.create`) on the log, in the terms of what leaves and where to. Throws `stream.*`.
 */
export async function createStream(as: Streamer, asked: CreateStream): Promise<{ id: string; secret: string | null }> {
  const { kind, address, ca, personal, from } = asked;
  if (streamerUrl() === null) throw streamErrors('stream.not_configured');
  const receiver = checked(kind, address, ca);
  return store.inLog(as, 'create', async (desk) => {
    if ((await store.count(desk)) >= STREAMS_AT_MOST) throw streamErrors('stream.too_many');
    const next = from === 'now' ? await store.signedSize(desk) : 0;
    // The log may have grown since it was confirmed: what was agreed to is the choice.
    const terms = createTerms({ kind, address, ca, personal }, from);
    await desk.confirm('create', { object: desk.organisationId ?? 'provider', terms });
    const id = newId('str');
    const made = kind === 'http' ? await keyring().call('stream.create', { streamId: id }) : null;
    await store.insert(desk, { id, kind, address, ca, personal, sealed: made?.sealed ?? null, next });
    await desk.record('stream.created@1', id, { kind, host: hostOf(receiver), personal, next });
    await store.wake(desk);
    return { id, secret: made?.secret ?? null };
  });
}

/**
 * Sends it somewhere else from its watermark on, or with or without personal values. Step-up `stream.change` (staff: `staff-stream.change`).
 * Throws `stream.*`.
 */
export const changeStream = (as: Streamer, { streamId, address, ca, personal }: ChangeStream): Promise<void> =>
  change(as, 'change', streamId, async (desk, row) => {
    const receiver = checked(row.kind, address, ca);
    const after = { kind: row.kind, address, ca, personal };
    await desk.confirm('change', { object: row.id, terms: changeTerms(row, after) });
    await store.setAddress(desk, row.id, after);
    const hosts = { before: streamHost(row), after: hostOf(receiver) };
    const values = { personalBefore: row.personal, personalAfter: personal };
    await desk.record('stream.changed@1', row.id, { ...hosts, ...values, next: Number(row.next) });
    await store.wake(desk);
  });

/** A new signing secret, shown here once; what is sent in the next 24 hours is signed with the one before as well. */
export const rotateSecret = (as: Streamer, id: string): Promise<string> =>
  change(as, 'rotate', id, async (desk, row) => {
    if (row.kind !== 'http') throw streamErrors('stream.no_secret');
    const { secret, sealed } = await keyring().call('stream.create', { streamId: row.id });
    await store.rotate(desk, row.id, sealed);
    await desk.record('stream.secret_rotated@1', row.id, {});
    return secret;
  });

/** Nothing is sent until it is resumed, from where it stood. */
export const pauseStream = (as: Streamer, id: string): Promise<void> =>
  change(as, 'pause', id, async (desk, row) => {
    if (row.state !== 'active') throw streamErrors('stream.state');
    await store.pause(desk, row.id);
    await desk.record('stream.paused@1', row.id, { next: Number(row.next) });
  });

export const resumeStream = (as: Streamer, id: string): Promise<void> =>
  change(as, 'resume', id, async (desk, row) => {
    if (row.state !== 'paused') throw streamErrors('stream.state');
    await store.resume(desk, row.id);
    await desk.record('stream.resumed@1', row.id, { next: Number(row.next) });
    await store.wake(desk);
  });

/** Also its dead letters and secrets. The log keeps everything that was and was not sent. */
export const deleteStream = (as: Streamer, id: string): Promise<void> =>
  change(as, 'delete', id, async (desk, row) => {
    await store.remove(desk, row.id);
    await desk.record('stream.deleted@1', row.id, { host: streamHost(row), next: Number(row.next) });
  });

/** Has a dead letter sent once more, or all that are open; answers how many. Throws `stream.nothing_to_send`. */
export const sendAgain = (as: Streamer, id: string, first: number | null): Promise<number> =>
  change(as, 'send-again', id, async (desk, row) => {
    const places = await store.sendAgain(desk, row.id, first);
    if (places.length === 0) throw streamErrors('stream.nothing_to_send');
    await desk.record('stream.sent_again@1', row.id, { ranges: places.length, first: places[0]! });
    await store.wake(desk);
    return places.length;
  });

function change<R>(
  as: Streamer,
  action: Parameters<typeof store.inLog>[1],
  id: string,
  work: (desk: store.Desk, row: store.StreamRow) => Promise<R>,
): Promise<R> {
  return store.inLog(as, action, async (desk) => {
    const row = isId('str', id) ? await store.lock(desk, id) : null;
    if (!row) throw streamErrors('stream.not_found');
    return work(desk, row);
  });
}
