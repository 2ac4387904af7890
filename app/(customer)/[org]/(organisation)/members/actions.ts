'use server';

import { revalidatePath } from 'next/cache';
import { answerWith } from '@/app/(customer)/_parts/answers';
import { organisationOf } from '@/app/(customer)/_parts/caller';
import { changeTerms, endAccess } from '@/lib/auditors';
import { endAccess as endAccessForm, changeTerms as termsForm } from '@/lib/auditors/schemas';
import { answerForm, auditSource, guarded } from '@/lib/identity';
import {
  changeRole,
  endMemberSessions,
  inviteMember,
  offerPasswordReset,
  removeMember,
  revokeInvitation,
} from '@/lib/organisations';
import {
  changeRole as changeForm,
  endMemberSessions as endForm,
  inviteMember as inviteForm,
  removeMember as removeForm,
  revokeInvitation as withdrawForm,
} from '@/lib/organisations/schemas';

/** The answer holds the link, this once. */
export const inviteMemberAction = guarded(
  { action: 'create', subject: 'Invitation', realm: 'customer', organisation: organisationOf },
  async ({ secret, organisationId }, _previous: unknown, form: FormData) => {
    const answer = await answerWith(inviteForm, joined(form), async (fields) => {
      const { link, expiresAt } = await inviteMember(secret, organisationId, fields, new Date(), await auditSource());
      return { made: { link, email: fields.email, expiresAt: expiresAt.toISOString() } };
    });
    if (answer.ok) revalidatePath('/', 'layout');
    return answer;
  },
);

export const withdrawInvitationAction = guarded(
  { action: 'revoke', subject: 'Invitation', realm: 'customer', organisation: organisationOf },
  async ({ secret, organisationId }, _previous: unknown, form: FormData) =>
    answerForm(withdrawForm, form, async ({ invitationId }) => {
      await revokeInvitation(secret, organisationId, invitationId, new Date(), await auditSource());
      revalidatePath('/', 'layout');
      return { ok: true, message: 'Withdrawn. The link no longer works.' };
    }),
);

export const changeRoleAction = guarded(
  { action: 'change', subject: 'Membership', realm: 'customer', organisation: organisationOf },
  async ({ secret, organisationId }, _previous: unknown, form: FormData) =>
    answerForm(changeForm, form, async ({ membershipId, role }) => {
      await changeRole(secret, organisationId, membershipId, role, await auditSource());
      revalidatePath('/', 'layout');
      return { ok: true, message: `Now ${role}, from the next request on.` };
    }),
);

export const changeTermsAction = guarded(
  { action: 'change', subject: 'Membership', realm: 'customer', organisation: organisationOf },
  async ({ secret, organisationId }, _previous: unknown, form: FormData) =>
    answerForm(termsForm, joined(form), async ({ membershipId, ...terms }) => {
      await changeTerms(secret, organisationId, membershipId, terms, new Date(), await auditSource());
      revalidatePath('/', 'layout');
      return { ok: true, message: 'The terms hold from the next request on.' };
    }),
);

export const endAccessAction = guarded(
  { action: 'change', subject: 'Membership', realm: 'customer', organisation: organisationOf },
  async ({ secret, organisationId }, _previous: unknown, form: FormData) =>
    answerForm(endAccessForm, form, async ({ membershipId }) => {
      await endAccess(secret, organisationId, membershipId, await auditSource());
      revalidatePath('/', 'layout');
      return { ok: true, message: 'Their access has ended.' };
    }),
);

/** Boxes of one name as one field. */
function joined(form: FormData): FormData {
  form.set('projects', form.getAll('projects').join(' '));
  return form;
}

export const removeMemberAction = guarded(
  { action: 'remove', subject: 'Membership', realm: 'customer', organisation: organisationOf },
  async ({ secret, organisationId }, _previous: unknown, form: FormData) =>
    answerForm(removeForm, form, async ({ membershipId, keys }) => {
      const removed = await removeMember(secret, organisationId, membershipId, { keys }, await auditSource());
      revalidatePath('/', 'layout');
      return { ok: true, message: removedWords(keys, removed) };
    }),
);

export const endMemberSessionsAction = guarded(
  { action: 'end-sessions', subject: 'Membership', realm: 'customer', organisation: organisationOf },
  async ({ secret, organisationId }, _previous: unknown, form: FormData) =>
    answerForm(endForm, form, async ({ membershipId }) => {
      const count = await endMemberSessions(secret, organisationId, membershipId, await auditSource());
      return { ok: true, message: count === 1 ? 'Their session ended.' : `Their ${count} sessions ended.` };
    }),
);

export const offerResetAction = guarded(
  { action: 'offer-reset', subject: 'Membership', realm: 'customer', organisation: organisationOf },
  async ({ secret, organisationId }, _previous: unknown, form: FormData) =>
    answerForm(endForm, form, async ({ membershipId }) => {
      const { link, expiresAt } = await offerPasswordReset(secret, organisationId, membershipId, await auditSource());
      return { ok: true, link, expiresAt: expiresAt.toISOString() };
    }),
);

function removedWords(fate: 'end' | 'keep', { keys, tokens }: { keys: number; tokens: number }): string {
  const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
  const of = [
    ...(keys > 0 ? [`${counted(keys, 'API key')} ${fate === 'end' ? 'ended' : 'now under your name'}`] : []),
    ...(tokens > 0 ? [`${counted(tokens, 'token')} revoked`] : []),
  ];
  return `Removed.${of.length > 0 ? ` ${of.join(', ')}.` : ''}`;
}
