'use server';

import { redirect } from 'next/navigation';
import {
  answerForm,
  clearLinkCookie,
  type FormAnswer,
  guarded,
  identityErrors,
  linkCookie,
  requestRealm,
  requestSource,
  resetPassword,
  setSessionCookie,
  startWithReset,
} from '@/lib/identity';
import { newPasswordForm, noFields } from '@/lib/identity/schemas';
import { enter, halfway } from '../_parts/session';

const why = 'The link stands in for the password: 256 bits, and the second factor is asked for all the same.';
const BACK = 'callbackUrl=%2Freset';

/** Begins a session that may give the second factor, and comes back here with both. */
export const startResetAction = guarded({ public: { why } }, async (_nobody, _previous: FormAnswer, form: FormData) =>
  answerForm(noFields, form, async () => {
    const realm = await requestRealm();
    const link = await linkCookie(realm);
    if (!link) throw identityErrors('identity.link');
    const { secret, enrolled } = await startWithReset(realm, link, await requestSource());
    await setSessionCookie(realm, secret);
    redirect(`${enrolled ? '/second-factor' : '/enrol'}?${BACK}`);
  }),
);

export const resetPasswordAction = guarded(
  { public: { why } },
  async (_nobody, _previous: FormAnswer, form: FormData) =>
    answerForm(newPasswordForm, form, async ({ password }) => {
      const { realm, secret } = await halfway();
      const link = await linkCookie(realm);
      if (!link) throw identityErrors('identity.link');
      await resetPassword(secret, link, password, (await requestSource()).address);
      await clearLinkCookie(realm);
      redirect(await enter(realm, secret, null));
    }),
);
