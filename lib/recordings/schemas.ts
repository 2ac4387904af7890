import { z } from 'zod';
import type { RecordingFaultCode } from '@/lib/kernel/recording';
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

export interface LinesView {
  readonly lines: readonly { readonly time: number; readonly kind: 'o' | 'r' | 'm'; readonly data: string }[];
  /** Where the next lines begin, in bytes; null when there are none. */
  readonly next: number | null;
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

export const linesQuery = z.object({ from: z.coerce.number().int().min(0).max(2_147_483_647).default(0) });
export const wordsQuery = z.object({ words: z.string().max(200).default('') });
export const fileQuery = z.object({ as: z.enum(FORMATS).default('rec') });
