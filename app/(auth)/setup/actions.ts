'use server';

import { redirect } from 'next/navigation';
import {
  answerForm,
  claimSetup,
  clearLinkCookie,
  type FormAnswer,
  guarded,
  identityErrors,
  linkCookie,
  requestRealm,
  requestSource,
  setSessionCookie,
} from '@/lib/identity';
import { setupForm } from '@/lib/identity/schemas';

const why = 'First run: nobody exists yet. The one-time link is the credential.';

/** Makes the provider's first administrator and goes on to the second factor. */
export const setupAction = guarded({ public: { why } }, async (_nobody, _previous: FormAnswer, form: FormData) =>
  answerForm(setupForm, form, async (account) => {
    const realm = await requestRealm();
    const link = realm === 'staff' ? await linkCookie(realm) : null;
    if (!link) throw identityErrors('identity.link');
    const { secret } = await claimSetup(link, account, await requestSource());
    await clearLinkCookie(realm);
    await setSessionCookie(realm, secret);
    redirect('/enrol');
  }),
);
