'use server';

import { revalidatePath } from 'next/cache';
import { delegate, endDelegation, propose, vote } from '@/lib/committee';
import {
  decisionVoteForm,
  delegationForm,
  designateForm,
  endDelegationForm,
  membersForm,
  type Proposal,
  withdrawForm,
} from '@/lib/committee/schemas';
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

/** Who answers for the signer while they are away. */
export const delegateAction = guarded(
  { action: 'give', subject: 'Delegation', realm: 'staff', asks: 'grant.delegate' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(delegationForm, form, async (fields) => {
      await delegate({ secret, source: await auditSource() }, fields);
      revalidatePath('/staff', 'layout');
      return { ok: true, message: 'Signed. Your stand-in is told.' };
    }),
);

export const endDelegationAction = guarded(
  { action: 'end', subject: 'Delegation', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(endDelegationForm, form, async ({ delegation }) => {
      await endDelegation({ secret, source: await auditSource() }, delegation);
      revalidatePath('/staff', 'layout');
      return { ok: true, message: 'Ended. Approvals by it that wait are void.' };
    }),
);

const MESSAGES = {
  open: 'Signed. More members have to.',
  taken: 'Signed. The decision is taken.',
  refused: 'Signed. The decision is refused.',
} as const;
