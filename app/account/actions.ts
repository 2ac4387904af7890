'use server';

import { revalidatePath } from 'next/cache';
import {
  answerForm,
  changePassword,
  endOtherSessions,
  endSessionById,
  guarded,
  renameSelf,
  requestSource,
} from '@/lib/identity';
import { endSessionForm, newPasswordForm, noFields, renameForm } from '@/lib/identity/schemas';

const ACCOUNT = '/account';

export const renameAction = guarded(
  { action: 'change', subject: 'User', realm: 'person' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(renameForm, form, async ({ name }) => {
      await renameSelf(secret, name, (await requestSource()).address);
      revalidatePath(ACCOUNT, 'layout');
      return { ok: true, message: 'Your name was changed.' };
    }),
);

/** The database asks for the step-up: a password that is not good enough costs no code. */
export const changePasswordAction = guarded(
  { action: 'change', subject: 'User', realm: 'person', asks: 'password.change' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(newPasswordForm, form, async ({ password }) => {
      await changePassword(secret, password, (await requestSource()).address);
      revalidatePath(ACCOUNT);
      return { ok: true, message: 'Your password was changed, and your other sessions ended.' };
    }),
);

export const endSessionAction = guarded(
  { action: 'end', subject: 'Session', realm: 'person' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(endSessionForm, form, async ({ sessionId }) => {
      await endSessionById(secret, sessionId);
      revalidatePath(ACCOUNT);
      return { ok: true, message: 'The session ended.' };
    }),
);

export const endOthersAction = guarded(
  { action: 'end', subject: 'Session', realm: 'person' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(noFields, form, async () => {
      await endOtherSessions(secret);
      revalidatePath(ACCOUNT);
      return { ok: true, message: 'Only this session is left.' };
    }),
);
