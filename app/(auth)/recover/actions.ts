'use server';

import { redirect } from 'next/navigation';
import {
  answerForm,
  type FormAnswer,
  giveRecoveryCode,
  guarded,
  requestSource,
  setSessionCookie,
} from '@/lib/identity';
import { recoveryForm } from '@/lib/identity/schemas';
import { halfway } from '../_parts/session';

const why = 'Takes the session that holds the password only; a recovery code stands in for the second factor.';

/** Signs in with a recovery code and offers to replace the lost authenticator. */
export const recoverAction = guarded({ public: { why } }, async (_nobody, _previous: FormAnswer, form: FormData) =>
  answerForm(recoveryForm, form, async ({ code }) => {
    const { realm, secret } = await halfway();
    const raised = await giveRecoveryCode(secret, code, (await requestSource()).address);
    await setSessionCookie(realm, raised.secret);
    redirect('/enrol?lost');
  }),
);
