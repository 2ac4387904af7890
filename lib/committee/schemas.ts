import { z } from 'zod';
import {
  DELEGATED_ROLES,
  DELEGATION_LIMITS,
  DESIGNATIONS,
  type DelegatedRole,
  type Designation,
} from '@/lib/kernel/grant';

/** What is asked of the security committee, and shown of it. Safe to import in the browser. */
export { DELEGATED_ROLES, DELEGATION_LIMITS, DESIGNATIONS, type DelegatedRole, type Designation };

/** What whoever answers in a role is designated for. */
export const APPROVER = { security: 'security approver', 'on-call': 'on-call approver' } as const;

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

const instant = z.iso
  .datetime({ local: true, precision: -1, error: 'A time, as 2026-11-22T14:30, UTC.' })
  .transform((text) => Date.parse(`${text}Z`) / 1000);

/** Who answers for one. The id is made with the form, so that what is signed is what is sent. */
export const delegationForm = z
  .object({ delegation: id, role: z.enum(DELEGATED_ROLES), to: id, from: instant, until: instant })
  .superRefine(({ from, until }, context) => {
    const wrong = (message: string) => context.addIssue({ code: 'custom', path: ['until'], message });
    if (until <= from) wrong('Later than it begins.');
    if (until - from > DELEGATION_LIMITS.seconds) wrong('At most 14 days after it begins.');
  });
export type DelegationInput = z.output<typeof delegationForm>;
export const endDelegationForm = z.object({ delegation: id });

export interface DelegationView {
  id: string;
  role: DelegatedRole;
  /** Whose voice it is, and who answers for them. */
  by: Named;
  to: Named;
  from: string;
  /** When it ends, or ended early. */
  until: string;
  /** `idle`: one of the two is designated no longer. */
  state: 'planned' | 'running' | 'idle' | 'ended' | 'over';
  /** Why the reader cannot end it; null when they can. */
  closedToReader: string | null;
}

/** What the reader can lend of their own, and to whom; `reason`: why nothing. */
export interface LendView {
  roles: DelegatedRole[];
  to: Named[];
  reason: string | null;
}

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
  /** Those that last longest first. */
  delegations: DelegationView[];
  lend: LendView;
  /** Everybody who could be named. */
  people: Named[];
}
