import { type PlacedEvent, type ReadableEvent, readableEvent } from '@/lib/audit';
import type { Batch } from './batch';

/** Messages of RFC 5424, framed by their length (RFC 5425, 4.3; RFC 6587, 3.4.1). */

/** 13: log audit (RFC 5424, table 1). */
const FACILITY = 13;
const SEVERITY = { alert: 1, error: 3, warning: 4, informational: 6 } as const;
/** Cordon has no enterprise number of its own; 32473 is the one that is reserved for examples (RFC 5612). */
const SD_ID = 'cordon@32473';
/** What receivers should be able to take (RFC 5425, 4.3.1); many take no more. */
const MESSAGE_BYTES = 8192;

interface Message {
  severity: keyof typeof SEVERITY;
  /** ISO 8601, UTC. */
  at: string;
  host: string;
  /** Kind of message. */
  id: string;
  data: Readonly<Record<string, string>>;
  text: string;
}

/** One message for the checkpoint, then one for each event. */
export function syslogFrames(batch: Batch): string {
  const { log, first, end, checkpoint, events } = batch;
  const host = hostOf(checkpoint);
  const at = [...events].reverse().find(({ state }) => state === 'intact')?.entry?.at ?? '-';
  const data = { log, first: String(first), end: String(end) };
  const head: Message = {
    severity: 'informational',
    at,
    host,
    id: 'checkpoint',
    data,
    text: json({ log, checkpoint }),
  };
  return [head, ...events.map((event) => messageOf(event, log, host))].map(frame).join('');
}

export const testFrame = (log: string, at: string): string =>
  frame({
    severity: 'informational',
    at,
    host: '-',
    id: 'test',
    data: { log },
    text: json({ type: 'audit.test', log }),
  });

/** The origin's host: `<host>/audit/<log>` is the first line of every checkpoint. */
const hostOf = (checkpoint: string): string => checkpoint.split('/', 1)[0] || '-';

function messageOf(event: PlacedEvent, log: string, host: string): Message {
  const { index, state, entry } = event;
  const data = { log, index: String(index), state };
  const readable = readableEvent(event);
  // What somebody changed may say anything: nothing of it stands in the head of a message.
  if (!entry || state !== 'intact')
    return fitting({ severity: 'alert', at: '-', host, id: state, data, text: json(readable) }, { index, state });
  const { id, schema, outcome, actId, at } = entry;
  const { details: _d, personal: _p, closed: _c, ...short } = readable as ReadableEvent;
  const marks = { ...data, id, actId, outcome };
  return fitting({ severity: SEVERITIES[outcome], at, host, id: schema, data: marks, text: json(readable) }, short);
}

/** A message that is too long for many receivers says what it is, and that the rest is to be looked up in the log. */
const fitting = (message: Message, short: object): Message =>
  Buffer.byteLength(line(message)) <= MESSAGE_BYTES ? message : { ...message, text: json({ ...short, cut: true }) };

const SEVERITIES = { success: 'informational', refused: 'warning', failed: 'error' } as const;

/** JSON in ASCII, so that a message is the same bytes in every character set and needs no byte order mark. */
const json = (value: unknown): string =>
  JSON.stringify(value).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** PRINTUSASCII of a header field, at most so long. */
const field = (text: string, max: number): string => text.replace(/[^\x21-\x7e]/g, '_').slice(0, max) || '-';

/** A parameter's value: quotes, backslashes and closing brackets are escaped, control characters are not passed on (RFC 5424, 6.3.3). */
const value = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\\]]/g, (character) => `\\${character}`);

function line({ severity, at, host, id, data, text }: Message): string {
  const parameters = Object.entries(data).map(([name, of]) => ` ${name}="${value(of)}"`);
  return [
    `<${FACILITY * 8 + SEVERITY[severity]}>1`,
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/.test(at) ? at : '-',
    field(host, 255),
    'cordon',
    '-',
    field(id, 32),
    `[${SD_ID}${parameters.join('')}]`,
    text,
  ].join(' ');
}

const frame = (message: Message): string => {
  const text = line(message);
  return `${Buffer.byteLength(text)} ${text}`;
};
