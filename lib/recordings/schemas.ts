import { z } from 'zod';
import { isTermText, oneLine } from '@/lib/kernel/act';
import type { RecordingFaultCode } from '@/lib/kernel/recording';
import { parseLines, parseTimes } from './chosen';
import type { IdleStretch } from './idle';

/** What is shown of screen records, and asked of them. Safe to import in the browser. */
export type { IdleStretch };

/**
 * How a screen record stands against the heads that the audit log has of it. `line` counts from 0, the header.
 *
 * - `none`: nothing has come. `live`: the session runs, the record grows.
 * - `verified`: whole, in order, unaltered, to the final head of the log.
 * - `unfinished`: unaltered as far as it goes, and the session is over without a final head: the gateway broke off.
 * - `incomplete`: bytes that the gateway announced are not here (yet): the record ends, or has a hole, at `line`.
 * - `tampered`: it is not what the log says.
 * - `unchecked`: too large to be checked for a page.
 */
export type RecordingState =
  | { readonly is: 'none' | 'verified' | 'unchecked' }
  | { readonly is: 'live' | 'unfinished' | 'incomplete'; readonly line: number }
  | {
      readonly is: 'tampered';
      readonly code: RecordingFaultCode;
      readonly line: number | null;
      readonly to: number | null;
    };

export interface MarkView {
  /** Of the record. */
  readonly line: number;
  readonly seconds: number;
  readonly kind: 'command' | 'refused' | 'note' | 'end';
  /** As hostile as the screen it comes from: text, never markup. */
  readonly text: string;
}

export interface RecordingView {
  readonly session: string;
  readonly state: RecordingState;
  /** Heads of the audit log that it was compared with. */
  readonly heads: number;
  /** Null when not even the header has come. */
  readonly screen: { readonly columns: number; readonly rows: number } | null;
  /** How long it is, as far as it was read. */
  readonly seconds: number;
  readonly lines: number;
  readonly redacted: number;
  /** Bytes that are here, without a hole. */
  readonly bytes: number;
  readonly marks: readonly MarkView[];
  readonly idle: readonly IdleStretch[];
  /** Whether its screens can be searched: null before control has read it; what stopped the reading, or `whole`. */
  readonly indexed: 'whole' | 'output' | 'work' | 'text' | 'refused' | 'failed' | null;
}

/** A copy, and with whom it is shared. */
export interface CopyView {
  readonly id: string;
  /** Lines without their bytes, as 12,40-57; empty: the whole record. */
  readonly withheld: string;
  readonly withheldLines: number;
  readonly reason: string;
  readonly by: string;
  readonly madeAt: string;
  readonly shares: readonly ShareView[];
}

export interface ShareView {
  readonly id: string;
  readonly recipient: string;
  readonly state: 'open' | 'used up' | 'expired' | 'revoked';
  readonly views: number;
  readonly mostViews: number;
  readonly viewedAt: string | null;
  readonly expiresAt: string;
  readonly by: string;
}

/** What somebody from outside sees of a share. */
export interface SharedView {
  readonly recording: Omit<RecordingView, 'indexed'>;
  readonly target: string;
  readonly startedAt: string | null;
  readonly recipient: string;
  /** Which opening of the link this is, when it was, until when it lasts, and how many are left. */
  readonly view: number;
  readonly openedAt: string;
  readonly endsAt: string;
  readonly expiresAt: string;
  readonly viewsLeft: number;
}

export interface LinesView {
  readonly lines: readonly { readonly time: number; readonly kind: 'o' | 'r' | 'm'; readonly data: string }[];
  /** Where the next lines begin, in bytes; null when there are none. */
  readonly next: number | null;
}

/** Of a session that runs. */
export interface WatchView {
  readonly lines: LinesView['lines'];
  /** Where to ask for more, whether there was some or not. */
  readonly next: number;
  readonly over: boolean;
}

export interface HitView {
  readonly session: string;
  /** Since the start. */
  readonly second: number;
  readonly text: string;
}

export interface SearchHit extends HitView {
  readonly target: string;
  readonly person: string;
  readonly openedAt: string;
}

export const FORMATS = ['rec', 'cast', 'heads'] as const;
export type RecordingFormat = (typeof FORMATS)[number];

const copyOf = z.string().max(64).optional();
export const linesQuery = z.object({
  copy: copyOf,
  from: z.coerce.number().int().min(0).max(2_147_483_647).default(0),
});
export const wordsQuery = z.object({ words: z.string().max(200).default('') });
export const fileQuery = z.object({ copy: copyOf, as: z.enum(FORMATS).default('rec') });
export const sharedFileQuery = z.object({ as: z.enum(FORMATS).default('rec') });

// ---- forms

const id = z.string().max(64);
/** Stands in what is signed. */
const line = (min: number, max: number, says: string) =>
  z
    .string()
    .transform(oneLine)
    .refine((text) => text.length >= min && text.length <= max && isTermText(text), says);
const reason = line(10, 500, '10 to 500 characters of plain text.');
const whole = (min: number, max: number) => {
  const says = `A whole number, ${min} to ${max}.`;
  return z.coerce.number(says).int(says).min(min, says).max(max, says);
};
const runs = (parse: typeof parseTimes, says: string) =>
  z
    .string()
    .max(1000)
    .default('')
    .transform((text, context) => {
      const parsed = parse(text);
      if (parsed) return parsed;
      context.addIssue({ code: 'custom', message: says });
      return z.NEVER;
    });

export const copyForm = z.object({
  session: id,
  what: z.enum(['part', 'whole']),
  times: runs(parseTimes, 'Like 02:14-02:31, 05:00.'),
  lines: runs(parseLines, 'Like 12, 40-57. Line 0, the header, stays.'),
  reason,
});
export const SHARE_LIMITS = { days: 30, views: 100 } as const;
export const shareForm = z.object({
  copy: id,
  recipient: line(2, 120, '2 to 120 characters of plain text.'),
  days: whole(1, SHARE_LIMITS.days),
  views: whole(1, SHARE_LIMITS.views),
});
export const revokeShareForm = z.object({ share: id });
export const terminateForm = z.object({ session: id, request: id, reason });
