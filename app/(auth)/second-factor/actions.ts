'use server';

import { redirect } from 'next/navigation';
import { answerForm, type FormAnswer, giveCode, guarded, requestSource, safePath } from '@/lib/identity';
import { codeForm } from '@/lib/identity/schemas';
import { enter, halfway } from '../_parts/session';

const why = 'Takes the session that holds the password only; it can do nothing but this.';

/** Second factor. The session is replaced by one with both. */
export const secondFactorAction = guarded({ public: { why } }, async (_nobody, _previous: FormAnswer, form: FormData) =>
  answerForm(codeForm, form, async ({ code, callbackUrl }) => {
    const { realm, secret } = await halfway();
    const raised = await giveCode(secret, code, (await requestSource()).address);
    redirect(await enter(realm, raised.secret, safePath(callbackUrl)));
  }),
);
