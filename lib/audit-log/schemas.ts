import { z } from 'zod';
import type { LogView, ProofState } from '@/lib/transparency/schemas';

/** What a reader of the audit log asks for and gets. Safe to import in the browser. */
/** A day or a minute, UTC: `2026-11-22`, `2026-11-22T09:30`. */
export const instant = z.iso.date().or(
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/)
    .refine((text) => !Number.isNaN(Date.parse(`${text}Z`)), 'A time like 2026-11-22T09:30'),
);

/** An instant of a filter as a time; a day is its beginning. */
export const timeOf = (text: string): Date => new Date(text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`);

export const auditFilter = z.object({
  /** Event name without version, or its first part: `project` finds every `project.…` event. */
  event: z
    .string()
    .regex(/^[a-z._-]{1,64}$/)
    .optional()
    .catch(undefined),
  outcome: z.enum(['success', 'refused', 'failed']).optional().catch(undefined),
  /** Who, as the list names them: a user id. */
  actor: z.string().max(64).optional().catch(undefined),
  project: z.string().max(64).optional().catch(undefined),
  act: z.uuid().optional().catch(undefined),
  /** What was acted upon: its kind (`project`) or its id. */
  object: z
    .string()
    .regex(/^[\w.~-]{1,128}$/)
    .optional()
    .catch(undefined),
  /** Words of the plain fields or of an object's id; personal values are sealed and cannot be searched. */
  q: z
    .string()
    .transform((text) => text.trim() || undefined)
    .pipe(z.string().min(2).max(100).optional())
    .optional()
    .catch(undefined),
  /** From inclusive, to exclusive. */
  from: instant.optional().catch(undefined),
  to: instant.optional().catch(undefined),
  cursor: z.string().max(128).optional().catch(undefined),
});
export type AuditFilter = z.output<typeof auditFilter>;

/** Ids have a prefix or are UUIDs; everything else names a kind. */
export const isObjectId = (object: string): boolean => /^[a-z]{3}_|^[0-9a-f]{8}-[0-9a-f]{4}-/.test(object);

/** An event, as its page names it. */
export const eventId = z.uuid();
/** Name of the file with the evidence of a confirmation. */
export const evidenceName = (id: string): string => `cordon-act-${id}.json`;

export interface AuditView {
  id: string;
  /** ISO 8601 with milliseconds, UTC. */
  at: string;
  actId: string;
  /** Registered name with version, for example `fence.changed@1`. */
  event: string;
  /** What happened in a few words. */
  sentence: string;
  outcome: 'success' | 'refused' | 'failed';
  /** `name` is null when the person is not visible to the reader or was erased; the pseudonym stays. */
  actor: { kind: string; pseudonym: string; name: string | null };
  object: { type: string; id: string };
  projectId: string | null;
  /** Fields in reading order; `state` says when a personal value was erased, is not the reader's to see, or does not fit its commitment. */
  fields: { name: string; value: string; personal: boolean; state: 'present' | 'erased' | 'withheld' | 'altered' }[];
  /** Events of the same act in this log, this one included; absent where nobody asked. */
  ofAct?: number;
  /** Where it stands in the transparency log; absent where nobody asked. */
  proof?: ProofState;
}

export interface AuditPageView {
  events: AuditView[];
  next: string | null;
  log: LogView;
  /** With a text: how much of the log this page looked at. */
  searched?: { count: number; from: string; to: string };
}

/** All events of one human act, oldest first, and what is known of it beside them. */
export interface ActView {
  events: AuditView[];
  /** Confirmations by whoever acted, on what was acted upon, in the ten minutes before. */
  confirmations: AuditView[];
  /** Changes of policy that the act made, by their numbers. */
  changes: number[];
}

/** An event with what belongs to its act. */
export interface JoinedView extends AuditView {
  /** Names of the other events of the act. */
  others: string[];
  /** By whoever acted, on the same object, in the ten minutes before; null when nothing is recorded. */
  confirmed: { at: string; factor: string } | null;
}

/** Kinds of access records. `staff`: whatever the provider's people did here. */
export const ACCESS_KINDS = {
  'sign-ins': ['sign-in', 'session', 'password', 'totp', 'passkey', 'recovery'],
  members: ['invitation', 'member', 'organisation', 'access-policy'],
  keys: ['api-key'],
  log: ['audit'],
  refusals: ['access.refused', 'sign-in.refused', 'step-up.refused', 'password.closed'],
  staff: [],
} as const;
export type AccessKind = keyof typeof ACCESS_KINDS;

export const accessFilter = auditFilter.pick({ actor: true, from: true, to: true, cursor: true }).extend({
  kind: z
    .enum(Object.keys(ACCESS_KINDS) as [AccessKind, ...AccessKind[]])
    .optional()
    .catch(undefined),
});
export type AccessFilter = z.output<typeof accessFilter>;
