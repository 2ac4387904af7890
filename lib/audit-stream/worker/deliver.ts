import { hostOf, parseReceiver } from '../address';
import { BATCH_EVENTS, type Batch, batchBody, batchId, fitting } from '../format/batch';
import { syslogFrames } from '../format/syslog';
import type { NetworkRules } from '../send/network';
import { type Parcel, type Sent, send } from '../send/send';
import { eventsOf } from './events';
import { type Judgement, judge } from './rules';
import type { StreamEvent, Streams, Work } from './store';

/** What a delivery goes along with. */
export interface Tools {
  streams: Streams;
  rules: NetworkRules;
  /** Aborted when this process may not go on: what is under way is sent again later. */
  stop: AbortSignal;
  /** In [0, 1). */
  random: () => number;
}

/**
 * Sends one batch of a stream, or a dead letter, and keeps what came of it. Between the two this process may die: the batch is then sent again,
 * under the same name. Answers whether there was something to send.
 */
export async function deliver(tools: Tools, id: string): Promise<boolean> {
  const { streams, rules, stop, random } = tools;
  const work = await streams.take(id);
  const batch = work && (await gather(streams, work));
  if (!work || !batch) return false;
  const receiver = parseReceiver(work.kind, work.address, work.ca);
  if (!receiver) throw new Error(`stream ${id} has no address`);
  const sent = await send(parcelOf(work, batch), receiver, rules, stop);
  // Ended by us and not by the receiver, which may have got it all the same.
  if (stop.aborted && sent.code === 'timeout') return true;
  await keep(streams, work, batch, sent, judge(sent, work, random()), hostOf(receiver));
  return true;
}

/** The batch under way as it was fixed, or a new one; null when the stream is not to be sent any more. */
async function gather(streams: Streams, work: Work): Promise<Batch | null> {
  const { id, first, size, note } = work;
  const width = Math.min(BATCH_EVENTS, (work.end ?? size) - first);
  const events = await eventsOf(await streams.rows(id, first, width));
  const end = work.end ?? first + fitting(events);
  if (work.end === null && !(await streams.begin(work, end))) return null;
  const log = work.organisationId ?? 'provider';
  return { log, first, end, checkpoint: note, events: events.slice(0, end - first) };
}

const parcelOf = ({ kind, id, sealed }: Work, batch: Batch): Parcel =>
  kind === 'http'
    ? { kind, streamId: id, sealed, id: batchId(batch), body: batchBody(batch) }
    : { kind, frames: syslogFrames(batch) };

function keep(streams: Streams, work: Work, batch: Batch, sent: Sent, judged: Judgement, host: string) {
  const { code, status, millis, bytes } = sent;
  const broken = batch.events.filter(({ state }) => state === 'altered' || state === 'missing').length;
  const attempt = { end: batch.end, status, millis, bytes, broken };
  // A dead letter that is refused once more stays one. The stream goes on as it would have.
  if (work.letter) {
    const verdict = judged.verdict === 'delivered' ? 'delivered' : 'refused';
    return streams.end(work, { ...attempt, verdict, code, waitSeconds: 0, announced: work.announced }, []);
  }
  const { verdict, waitSeconds, announced, stop } = judged;
  const events = eventsOfTry(work, batch, sent, judged, host, broken);
  return streams.end(work, { ...attempt, verdict, code: stop ?? code, waitSeconds, announced }, events);
}

function eventsOfTry(
  { first }: Work,
  { end }: Batch,
  { code, status }: Sent,
  { verdict, say, stop }: Judgement,
  host: string,
  broken: number,
): StreamEvent[] {
  const said = { host, code: stop ?? code, ...(status === null ? {} : { status }) };
  const events: StreamEvent[] = [];
  if (say === 'recovered') events.push({ schema: 'stream.recovered@1', fields: { host, next: end } });
  else if (say) events.push({ schema: `stream.${say}@1`, fields: { ...said, next: first } });
  if (verdict === 'dead') events.push({ schema: 'stream.dead_letter@1', fields: { ...said, first, end } });
  if (verdict === 'delivered' && broken > 0) events.push({ schema: 'stream.gap@1', fields: { first, end, broken } });
  return events;
}
