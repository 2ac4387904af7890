import { z } from 'zod';
import type { LogView, ProofState } from '@/lib/transparency/schemas';

/** What a reader of the audit log asks for and gets. Safe to import in the browser. */
export const auditFilter = z.object({
  /** Event name without version, or its first part: `project` finds every `project.…` event. */
  event: z
    .string()
    .regex(/^[a-z.-]{1,64}$/)
    .optional()
    .catch(undefined),
  outcome: z.enum(['success', 'refused', 'failed']).optional().catch(undefined),
  /** Who, as the list names them: a user id. */
  actor: z.string().max(64).optional().catch(undefined),
  project: z.string().max(64).optional().catch(undefined),
  act: z.uuid().optional().catch(undefined),
  /** ISO dates; from inclusive, to exclusive. */
  from: z.iso.date().optional().catch(undefined),
  to: z.iso.date().optional().catch(undefined),
  cursor: z.string().max(128).optional().catch(undefined),
});
export type AuditFilter = z.output<typeof auditFilter>;

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
  /** Where it stands in the transparency log; absent where nobody asked. */
  proof?: ProofState;
}

export interface AuditPageView {
  events: AuditView[];
  next: string | null;
  log: LogView;
}
