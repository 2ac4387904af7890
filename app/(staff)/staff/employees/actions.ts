'use server';

import { revalidatePath } from 'next/cache';
import { changeEmployee, inviteEmployee, revokeEmployeeInvitation } from '@/lib/employees';
import {
  changeEmployee as changeForm,
  inviteEmployee as inviteForm,
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
