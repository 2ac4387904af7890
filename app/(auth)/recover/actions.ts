'use server';

import { redirect } from 'next/navigation';
import {
  answerForm,
  type FormAnswer,
  giveRecoveryCodes,
  guarded,
  requestSource,
  setSessionCookie,
} from '@/lib/identity';
import { recoveryForm } from '@/lib/identity/schemas';
import { halfway } from '../_parts/session';

const why = 'Takes the session that holds the password only; recovery codes stand in for the second factor.';

/** Gives a session that can set up a new factor and do nothing else. */
export const recoverAction = guarded({ public: { why } }, async (_nobody, _previous: FormAnswer, form: FormData) =>
  answerForm(recoveryForm, form, async ({ code, second }) => {
    const { realm, secret } = await halfway();
    const codes = second === undefined ? [code] : [code, second];
    const raised = await giveRecoveryCodes(secret, codes, (await requestSource()).address);
    await setSessionCookie(realm, raised.secret);
    redirect('/enrol');
  }),
);
