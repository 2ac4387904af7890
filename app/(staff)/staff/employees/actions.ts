'use server';

import { revalidatePath } from 'next/cache';
import {
  changeEmployee,
  endEmployeeSessions,
  endorsePasskey,
  inviteEmployee,
  inviteEmployees,
  offerPasswordReset,
  planImport,
  revokeEmployeeInvitation,
  turnDownPasskey,
} from '@/lib/employees';
import {
  changeEmployee as changeForm,
  decidePasskey as decideForm,
  endSessions as endForm,
  inviteEmployee as inviteForm,
  inviteList as listForm,
  offerReset as resetForm,
  revokeInvitation as revokeForm,
} from '@/lib/employees/schemas';
import { answerForm, auditSource, guarded } from '@/lib/identity';

const EMPLOYEES = '/staff/employees';

export const inviteEmployeeAction = guarded(
  { action: 'create', subject: 'Invitation', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(inviteForm, form, async (fields) => {
      const { link, expiresAt } = await inviteEmployee(secret, fields, new Date(), await auditSource());
      revalidatePath(EMPLOYEES);
      return { ok: true, link, expiresAt: expiresAt.toISOString(), email: fields.email };
    }),
);

/** So many lines with a mistake are named at once. */
const FAULTS_SHOWN = 5;

export const inviteFromListAction = guarded(
  { action: 'create', subject: 'Invitation', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(listForm, form, async ({ list }) => {
      const plan = planImport(list);
      if (!plan.ok) {
        const named = plan.faults.slice(0, FAULTS_SHOWN).map(({ line, says }) => `Line ${line}: ${says}`);
        const more = plan.faults.length - named.length;
        return {
          code: 'employee.list',
          fields: { list: [...named, ...(more > 0 ? [`And ${more} more.`] : [])].join(' ') },
        };
      }
      const { invited, expiresAt } = await inviteEmployees(secret, plan.rows, new Date(), await auditSource());
      revalidatePath(EMPLOYEES);
      return { ok: true, invited, expiresAt: expiresAt.toISOString() };
    }),
);

export const offerResetAction = guarded(
  { action: 'change', subject: 'User', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(resetForm, form, async ({ userId }) => {
      const { link, expiresAt } = await offerPasswordReset(secret, userId, await auditSource());
      return { ok: true, link, expiresAt: expiresAt.toISOString() };
    }),
);

export const revokeInvitationAction = guarded(
  { action: 'revoke', subject: 'Invitation', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(revokeForm, form, async ({ invitationId }) => {
      await revokeEmployeeInvitation(secret, invitationId, new Date(), await auditSource());
      revalidatePath(EMPLOYEES);
      return { ok: true, message: 'Withdrawn. The link stopped working.' };
    }),
);

export const changeEmployeeAction = guarded(
  { action: 'change', subject: 'User', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(changeForm, form, async (fields) => {
      await changeEmployee(secret, fields, await auditSource());
      revalidatePath(EMPLOYEES);
      return {
        ok: true,
        message:
          fields.status === 'disabled'
            ? 'Disabled. All their sessions ended.'
            : `Role: ${fields.role}, from their next request on.`,
      };
    }),
);

export const endEmployeeSessionsAction = guarded(
  { action: 'change', subject: 'User', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(endForm, form, async ({ userId }) => {
      const count = await endEmployeeSessions(secret, userId, await auditSource());
      return { ok: true, message: count === 1 ? 'Their session ended.' : `Their ${count} sessions ended.` };
    }),
);

/** A second person's word, given with their own passkey. */
export const endorsePasskeyAction = guarded(
  { action: 'endorse', subject: 'Passkey', realm: 'staff', asks: 'passkey.endorse' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(decideForm, form, async ({ passkeyId }) => {
      await endorsePasskey(secret, passkeyId, await auditSource());
      revalidatePath(EMPLOYEES);
      return { ok: true, message: 'Endorsed. Its owner can sign in with it now.' };
    }),
);

export const turnDownPasskeyAction = guarded(
  { action: 'endorse', subject: 'Passkey', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(decideForm, form, async ({ passkeyId }) => {
      await turnDownPasskey(secret, passkeyId, await auditSource());
      revalidatePath(EMPLOYEES);
      return { ok: true, message: 'Turned down. The passkey is forgotten.' };
    }),
);
