import 'server-only';
import { isId, newUuid, systemClock } from '@/lib/platform';
import { parseReceiver } from './address';
import { networkRules } from './config';
import { streamErrors } from './errors';
import { testFrame } from './format/syslog';
import type { TestResult } from './schemas';
import { type Parcel, send } from './send/send';
import * as store from './store';
import { streamHost } from './view';

/**
 * Sends a message that holds no event, from the console and not through the worker, and answers what came of it: of an answer its status, nothing
 * that it says. Also while the stream is paused. Throws `stream.not_found`, `stream.tested`.
 */
export async function testStream(as: store.Streamer, id: string): Promise<TestResult> {
  const { row, log } = await store.inLog(as, 'test', async (desk) => {
    const found = isId('str', id) ? await store.lock(desk, id) : null;
    if (!found) throw streamErrors('stream.not_found');
    if (!(await store.markTested(desk, id))) throw streamErrors('stream.tested', { retryAfterSeconds: 5 });
    return { row: found, log: desk.organisationId ?? 'provider' };
  });
  const receiver = parseReceiver(row.kind, row.address, row.ca);
  if (!receiver) throw streamErrors('stream.address');
  // Not in a transaction: a receiver may take its time.
  const sent = await send(parcelOf(row, log), receiver, networkRules(), new AbortController().signal);
  const { code, status, millis } = sent;
  await store.inLog(as, 'test', (desk) =>
    desk.record('stream.tested@1', id, { host: streamHost(row), code, ...(status === null ? {} : { status }) }),
  );
  return { code, status, millis };
}

function parcelOf({ id, kind, sealed, previousSealed, previousUntil }: store.StreamRow, log: string): Parcel {
  const now = systemClock.now();
  if (kind === 'syslog') return { kind, frames: testFrame(log, new Date(now).toISOString()) };
  const before = previousUntil && previousUntil.getTime() > now ? previousSealed : null;
  return {
    kind,
    streamId: id,
    sealed: [sealed, before].filter((each) => each !== null),
    id: `test-${newUuid(now)}`,
    body: JSON.stringify({ type: 'audit.test', log }),
  };
}
