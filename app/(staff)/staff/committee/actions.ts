'use server';

import { revalidatePath } from 'next/cache';
import { propose, vote } from '@/lib/committee';
import { decisionVoteForm, designateForm, membersForm, type Proposal, withdrawForm } from '@/lib/committee/schemas';
import { answerForm, auditSource, guarded } from '@/lib/identity';

const COMMITTEE = '/staff/committee';

async function proposed(secret: string, proposal: Proposal) {
  await propose({ secret, source: await auditSource() }, proposal);
  revalidatePath(COMMITTEE);
  return { ok: true as const, message: 'Proposed. It takes effect when a quorum has signed it.' };
}

export const proposeMembersAction = guarded(
  { action: 'vote', subject: 'CommitteeDecision', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(membersForm, form, (fields) => proposed(secret, fields)),
);

export const proposeDesignationAction = guarded(
  { action: 'vote', subject: 'CommitteeDecision', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(designateForm, form, (fields) => proposed(secret, fields)),
);

export const proposeWithdrawalAction = guarded(
  { action: 'vote', subject: 'CommitteeDecision', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(withdrawForm, form, (fields) => proposed(secret, fields)),
);

/** A member's signed word. */
export const voteDecisionAction = guarded(
  { action: 'vote', subject: 'CommitteeDecision', realm: 'staff', asks: 'committee.decide' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(decisionVoteForm, form, async (fields) => {
      const state = await vote({ secret, source: await auditSource() }, fields);
      revalidatePath(COMMITTEE);
      return { ok: true, message: MESSAGES[state] };
    }),
);

const MESSAGES = {
  open: 'Signed. More members have to.',
  taken: 'Signed. The decision is taken.',
  refused: 'Signed. The decision is refused.',
} as const;
