'use server';

import { after } from 'next/server';
import { answerForm, askPasswordReset, type FormAnswer, guarded, requestRealm, requestSource } from '@/lib/identity';
import { forgotForm } from '@/lib/identity/schemas';
import { sendMail } from '@/lib/notices';

const why = 'Whoever forgot their password is not signed in. Throttled; the answer says nothing about accounts.';

/** Mails a reset link to the address, if it has an account. Everything that differs between the two happens after the answer is sent. */
export const forgotAction = guarded({ public: { why } }, async (_nobody, _previous: FormAnswer, form: FormData) =>
  answerForm(forgotForm, form, async ({ email }) => {
    const realm = await requestRealm();
    const reset = await askPasswordReset(realm, email, (await requestSource()).address);
    if (reset) after(() => sendMail(resetMail(email, reset.link)));
    return { ok: true, message: `If ${email} has an account here, a link is on its way. It works for one hour.` };
  }),
);

const resetMail = (to: string, link: string) => ({
  to,
  subject: 'Reset your Cordon password',
  text: [
    'Somebody, probably you, asked for a new password at Cordon.',
    '',
    link,
    '',
    'The link works once, for one hour, and asks for your second factor before anything changes.',
    'If it was not you, nothing needs to be done: without your second factor the link opens nothing.',
  ].join('\n'),
});
