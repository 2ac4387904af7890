import { type PlacedEvent, readableEvent } from '@/lib/audit';

/** A batch: events [first, end) of a log, and the checkpoint that covers them. */
export interface Batch {
  /** The log's name: an organisation's id, or `provider`. */
  log: string;
  first: number;
  end: number;
  /** The signed note, verbatim (C2SP tlog-checkpoint). */
  checkpoint: string;
  events: readonly PlacedEvent[];
}

export const BATCH_EVENTS = 100;
export const BATCH_BYTES = 256 * 1024;

/** How many of these events go into one batch: as many as fit, and one in any case, however large it is. */
export function fitting(events: readonly PlacedEvent[]): number {
  let bytes = 0;
  for (const [i, event] of events.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(readableEvent(event))) + 1;
    if (bytes > BATCH_BYTES) return Math.max(i, 1);
  }
  return events.length;
}

/** Names a batch, the same for every try: receivers know by it what they have already. No full stop (Standard Webhooks 1.0). */
export const batchId = ({ log, first }: Batch): string => `${log}-${first}`;

/** Body of the request. */
export const batchBody = ({ log, first, end, checkpoint, events }: Batch): string =>
  JSON.stringify({ type: 'audit.events', log, checkpoint, first, end, events: events.map(readableEvent) });
