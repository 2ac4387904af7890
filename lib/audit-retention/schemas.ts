import { z } from 'zod';

/** What is asked of the keeping of a log, and shown of it. Safe to import in the browser. */

/** Classes of records that have a period (lib/audit/classes.ts). */
export const RETAINED = ['access', 'security', 'configuration', 'activity'] as const;
export type RetainedClass = (typeof RETAINED)[number];
export const HOLD_KINDS = ['log', 'project', 'person', 'act', 'time'] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

const MONTHS = 'A whole number of months, 12 to 120.';
export const retentionForm = z.object({
  class: z.enum(RETAINED),
  months: z.coerce.number(MONTHS).int(MONTHS).min(12, MONTHS).max(120, MONTHS),
});

const empty = (value: unknown) => (value === '' ? undefined : value);
const day = z.preprocess(empty, z.iso.date('A day, as 2026-11-22.').optional());
export const holdForm = z
  .object({
    kind: z.enum(HOLD_KINDS),
    target: z.preprocess(empty, z.string().trim().max(64).optional()),
    from: day,
    to: day,
    reason: z.string().trim().min(1, 'Say why: whoever releases it has to know.').max(500),
  })
  .superRefine(({ kind, target, from, to }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (kind === 'time') {
      if (!from) wrong('from', 'The first day of the range.');
      if (!to || (from && to <= from)) wrong('to', 'The day after the range, later than its first.');
    } else if (kind !== 'log' && !target) wrong('target', 'The id of the project, the person or the act.');
  });
export type HoldRequest = z.output<typeof holdForm>;
export const releaseForm = z.object({ hold: z.string().max(64) });

/** Boxes of a form, one per class. */
const box = z.preprocess((value) => value === 'on', z.boolean());
export const pruneForm = z
  .object({
    access: box,
    security: box,
    configuration: box,
    activity: box,
    before: z.iso.date('A day, as 2025-10-01.'),
  })
  .transform(({ before, ...boxes }, context) => {
    const classes = RETAINED.filter((name) => boxes[name]);
    if (classes.length === 0)
      context.addIssue({ code: 'custom', path: ['classes'], message: 'At least one class of records.' });
    return { classes, before };
  });
export type PruneRequest = z.output<typeof pruneForm>;
export const pruningForm = z.object({ pruning: z.string().max(64) });

export const eraseForm = z.object({ person: z.string().trim().max(64) });

/** One class. Times are ISO 8601 with milliseconds, UTC. */
export interface ClassView {
  class: RetainedClass | 'keeping';
  /** Null: for ever. */
  months: number | null;
  changedAt: string | null;
  oldest: string | null;
  events: number;
  /** Past the period, and how many of these a hold keeps. */
  past: number;
  held: number;
}

/** Names are null when the person is not visible to the reader. */
export interface Person {
  id: string;
  name: string | null;
}

export interface HoldView {
  id: string;
  kind: HoldKind;
  target: string | null;
  from: string | null;
  to: string | null;
  reason: string;
  setBy: Person;
  setAt: string;
  /** Who asked to release it; another person has to agree. */
  askedBy: Person | null;
  askedAt: string | null;
  releasedBy: Person | null;
  releasedAt: string | null;
}

export interface PruningView {
  id: string;
  state: 'proposed' | 'approved' | 'done' | 'withdrawn';
  classes: RetainedClass[];
  before: string;
  upTo: number;
  expected: number;
  proposedBy: Person;
  proposedAt: string;
  approvedBy: Person | null;
  approvedAt: string | null;
  pruned: number;
  held: number;
  finishedAt: string | null;
}

export interface ErasureView {
  id: string;
  /** The pseudonym. */
  person: string;
  events: number;
  erasedBy: Person;
  erasedAt: string;
}

/** What an erasure would do. */
export interface ErasureOutlook {
  person: string;
  pseudonym: string;
  events: number;
  /** Ids of the holds that forbid it. */
  holds: string[];
}

export interface KeepingView {
  /** `provider`, or an organisation's id. */
  log: string;
  classes: ClassView[];
  /** Those in force first. */
  holds: HoldView[];
  prunings: PruningView[];
  erasures: ErasureView[];
  /** Places of the log that are pruned: all before `minimum`, and so many after it. */
  pruned: { minimum: number; later: number };
  /** Places that are signed. */
  size: number;
  /** Id of the reader, who cannot be their own second person. */
  reader: string;
}
