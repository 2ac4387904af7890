import { z } from 'zod';
import { DESIGNATIONS, type Designation } from '@/lib/kernel/grant';

/** What is asked of the security committee, and shown of it. Safe to import in the browser. */
export { DESIGNATIONS, type Designation };

export const DESIGNATION_SAYS: Readonly<Record<Designation, string>> = {
  'authorised employee': 'May ask for access to production.',
  'security approver': 'Answers requests for security, and reviews break-glass.',
  'on-call approver': 'Answers requests for the people on call.',
  'break-glass': 'May open access without approval in an emergency. Two others review it.',
};

const id = z.string().max(64);
const until = z.iso.date('A day, as 2027-06-30.');
const minutes = z.string().trim().min(1, 'Where the minutes of the meeting are.').max(200);

/** Boxes `member.<id>` of a form. */
export const membersForm = z.looseObject({ until, minutes }).transform((fields) => ({
  kind: 'members' as const,
  members: Object.keys(fields)
    .filter((name) => name.startsWith('member.'))
    .map((name) => name.slice('member.'.length)),
  until: fields.until,
  minutes: fields.minutes,
}));
export const designateForm = z
  .object({ person: id, as: z.enum(DESIGNATIONS), until, minutes })
  .transform((fields) => ({ kind: 'designate' as const, ...fields }));
export const withdrawForm = z
  .object({ person: id, as: z.enum(DESIGNATIONS), minutes })
  .transform((fields) => ({ kind: 'withdraw' as const, ...fields }));
export type Proposal = z.output<typeof membersForm> | z.output<typeof designateForm> | z.output<typeof withdrawForm>;

export const decisionVoteForm = z.object({ decision: id, verdict: z.enum(['approve', 'deny']) });

export interface Named {
  id: string;
  name: string;
}

export interface DecisionView {
  id: string;
  kind: 'members' | 'designate' | 'withdraw';
  members: Named[];
  person: Named | null;
  as: Designation | null;
  /** ISO; null of a withdrawal. */
  until: string | null;
  minutes: string;
  proposedBy: Named;
  proposedAt: string;
  state: 'open' | 'taken' | 'refused';
  votes: { by: Named; verdict: 'approve' | 'deny'; at: string }[];
  /** Why the reader cannot vote on it; null when they can. */
  closedToReader: string | null;
}

export interface CommitteeView {
  /** As the keyring holds it; null when it does not answer. */
  standing: {
    members: Named[];
    /** ISO; null: there is no committee. */
    until: string | null;
    /** Null before it is founded. */
    quorum: number | null;
    held: { person: Named; as: Designation; until: string }[];
  } | null;
  /** Newest first. */
  decisions: DecisionView[];
  /** Everybody who could be named. */
  people: Named[];
}
