import { z } from 'zod';

/** What is asked of a stream and what is shown of it. Safe to import in the browser. */
export const KINDS = ['http', 'syslog'] as const;
export type StreamKind = (typeof KINDS)[number];

const box = z
  .literal('on')
  .optional()
  .transform((value) => value === 'on');
const address = z.string().trim().min(1, 'Where to').max(2048, 'At most 2048 characters');
const ca = z
  .string()
  .trim()
  .max(16_384, 'At most 16 KiB')
  .optional()
  .transform((text) => text || null);

/** Of a browser's form. */
export const createStream = z.object({
  kind: z.enum(KINDS),
  address,
  ca,
  personal: box,
  /** What happened already, or only what happens from now on. */
  from: z.enum(['start', 'now']),
});
export type CreateStream = z.output<typeof createStream>;

const streamId = z.string().min(1).max(64);
export const changeStream = z.object({ streamId, address, ca, personal: box });
export type ChangeStream = z.output<typeof changeStream>;
export const ofStream = z.object({ streamId });
/** One dead letter, by its first place; all of them without. */
export const sendAgain = z.object({
  streamId,
  first: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
});

/** What came of sending: stable names. */
const ANSWERS = {
  delivered: 'Taken',
  /** Syslog has no answers. */
  written: 'Written to the connection',
  answer: 'Not taken',
  redirect: 'Answered with a redirect, which is not followed',
  timeout: 'No answer in time',
  unresolved: 'The name has no address',
  address: 'The address is not of the open internet',
  port: 'The port is not one that the provider allows',
  connection_refused: 'Nothing listens there',
  connection_reset: 'The connection was cut',
  certificate: 'The certificate is not one that can be trusted for this name',
  protocol: 'The answer is not HTTP',
  network: 'The connection failed',
} as const;
export type AnswerCode = keyof typeof ANSWERS;

/** An answer in words, `Not taken: 503`. */
export function answerWords(code: string, status: number | null): string {
  const words = Object.hasOwn(ANSWERS, code) ? ANSWERS[code as AnswerCode] : 'It failed';
  return status === null ? words : `${words}: ${status}`;
}

/** Why the worker paused a stream. */
const STOPS = {
  gone: 'The receiver answered 410: it wants nothing more.',
  gave_up: 'Nothing was delivered for ten days.',
} as const;
export type StopCode = keyof typeof STOPS;
export const stopWords = (code: string): string =>
  Object.hasOwn(STOPS, code) ? STOPS[code as StopCode] : 'It was stopped.';

export type Verdict = 'delivered' | 'retry' | 'refused' | 'dead' | 'stopped';

export interface StreamView {
  id: string;
  kind: StreamKind;
  /** Name and port. */
  host: string;
  /** All of it, which may hold a secret of the receiver's; null for whoever may not change it. */
  address: string | null;
  ca: string | null;
  personal: boolean;
  state: 'active' | 'paused';
  /** With `paused`, when it was not a person. */
  stopped: string | null;
  /** Tries in a row that failed; null when the last one did not. ISO 8601, UTC. */
  failing: { since: string; count: number; nextTryAt: string } | null;
  /** Of the log: the next place to send, and how many more are signed. */
  next: number;
  lagEvents: number;
  /** Age of the event at `next`; null when there is none. */
  lagSeconds: number | null;
  last: { at: string; code: string; status: number | null } | null;
  /** Open ones. */
  deadLetters: number;
  /** Until when the secret before is good as well. */
  previousUntil: string | null;
  createdAt: string;
  createdBy: string | null;
}

export interface DeliveryView {
  n: number;
  at: string;
  /** Places [first, end). */
  first: number;
  end: number;
  verdict: Verdict;
  status: number | null;
  code: string;
  millis: number;
  bytes: number;
  broken: number;
}

export interface LetterView {
  first: number;
  end: number;
  status: number | null;
  code: string;
  state: 'open' | 'again' | 'sent';
  at: string;
}

export interface StreamDetail {
  stream: StreamView;
  deliveries: DeliveryView[];
  letters: LetterView[];
}

export interface TestResult {
  code: AnswerCode;
  status: number | null;
  millis: number;
}
