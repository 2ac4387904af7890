'use server';

import { revalidatePath } from 'next/cache';
import type { FormState } from '@/app/_ui/form-state';
import type { MadePasskey, NewPasskey } from '@/app/(auth)/_parts/make-passkey';
import {
  answerForm,
  beginPasskeyEnrolment,
  changePassword,
  confirmPasskeyEnrolment,
  endOtherSessions,
  endSessionById,
  guarded,
  identityErrors,
  removeAuthenticator,
  removePasskey,
  renamePasskey,
  renameSelf,
  renewRecoveryCodes,
  requestRealm,
  requestSource,
  setSessionCookie,
} from '@/lib/identity';
import {
  changePasswordForm,
  type EnrolledPasskey,
  endSessionForm,
  enrolledPasskey,
  noFields,
  removePasskeyForm,
  renameForm,
  renamePasskeyForm,
} from '@/lib/identity/schemas';
import { toFormRefusal } from '@/lib/platform';

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
    answerForm(changePasswordForm, form, async ({ current, password }) => {
      await changePassword(secret, { current, password }, (await requestSource()).address);
      revalidatePath(ACCOUNT);
      return { ok: true, message: 'Your password was changed, and your other sessions ended.' };
    }),
);

/** What the device makes the new passkey with. Nothing is kept yet. */
export const beginPasskeyAction = guarded(
  { action: 'add', subject: 'Passkey', realm: 'person' },
  async ({ secret }): Promise<NewPasskey> => ({ ok: true, ...(await beginPasskeyEnrolment(secret)) }),
);

/** Takes a further passkey in, once a factor there is already has confirmed it. The session goes on under a new id. */
export const addPasskeyAction = guarded(
  { action: 'add', subject: 'Passkey', realm: 'person', asks: 'passkey.add' },
  async ({ secret }, input: EnrolledPasskey): Promise<MadePasskey | FormState> => {
    const made = enrolledPasskey.safeParse(input);
    if (!made.success) return toFormRefusal(identityErrors('identity.input'));
    const done = await confirmPasskeyEnrolment(secret, made.data, (await requestSource()).address);
    if (done.secret) await setSessionCookie(await requestRealm(), done.secret);
    const { deviceBound, fingerprint, recoveryCodes } = done;
    return { ok: true, deviceBound, fingerprint, waits: done.secret === null, codes: recoveryCodes };
  },
);

export const renamePasskeyAction = guarded(
  { action: 'rename', subject: 'Passkey', realm: 'person' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(renamePasskeyForm, form, async ({ passkeyId, name }) => {
      await renamePasskey(secret, passkeyId, name, (await requestSource()).address);
      revalidatePath(ACCOUNT);
      return { ok: true, message: 'The passkey has its new name.' };
    }),
);

export const removePasskeyAction = guarded(
  { action: 'remove', subject: 'Passkey', realm: 'person', asks: 'passkey.remove' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(removePasskeyForm, form, async ({ passkeyId, endOthers }) => {
      await removePasskey(secret, passkeyId, endOthers === 'on', (await requestSource()).address);
      revalidatePath(ACCOUNT);
      return { ok: true, message: 'The passkey is gone, and the sessions it began have ended.' };
    }),
);

/** Takes the authenticator away. Setting one up asks for the same confirmation, on the page that shows its secret. */
export const removeAuthenticatorAction = guarded(
  { action: 'enrol', subject: 'TotpFactor', realm: 'person', asks: 'totp.enrol' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(removePasskeyForm.pick({ endOthers: true }), form, async ({ endOthers }) => {
      await removeAuthenticator(secret, endOthers === 'on', (await requestSource()).address);
      revalidatePath(ACCOUNT);
      return { ok: true, message: 'The authenticator is gone.' };
    }),
);

export interface RenewedCodes extends FormState {
  /** Shown once. */
  readonly codes?: readonly string[];
}

export const renewCodesAction = guarded(
  { action: 'renew', subject: 'RecoveryCode', realm: 'person', asks: 'recovery.renew' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(noFields, form, async (): Promise<RenewedCodes> => {
      const codes = await renewRecoveryCodes(secret, (await requestSource()).address);
      revalidatePath(ACCOUNT);
      return { ok: true, codes };
    }),
);

export const endSessionAction = guarded(
  { action: 'end', subject: 'Session', realm: 'person', asks: 'session.end' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(endSessionForm, form, async ({ sessionId }) => {
      await endSessionById(secret, sessionId);
      revalidatePath(ACCOUNT);
      return { ok: true, message: 'The session ended.' };
    }),
);

export const endOthersAction = guarded(
  { action: 'end', subject: 'Session', realm: 'person', asks: 'session.end' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(noFields, form, async () => {
      await endOtherSessions(secret);
      revalidatePath(ACCOUNT);
      return { ok: true, message: 'Only this session is left.' };
    }),
);
