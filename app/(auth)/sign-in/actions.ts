'use server';

import { redirect } from 'next/navigation';
import {
  answerForm,
  type FormAnswer,
  guarded,
  requestRealm,
  requestSource,
  safePath,
  setSessionCookie,
  signInWithPassword,
} from '@/lib/identity';
import { signInForm } from '@/lib/identity/schemas';

const why = 'Whoever signs in is not signed in yet. Throttled per account, address and network.';

/** First factor. Goes on to the second one, or to setting it up. */
export const signInAction = guarded({ public: { why } }, async (_nobody, _previous: FormAnswer, form: FormData) =>
  answerForm(signInForm, form, async ({ email, password, callbackUrl }) => {
    const realm = await requestRealm();
    const { secret, enrolled } = await signInWithPassword({ realm, email, password, ...(await requestSource()) });
    await setSessionCookie(realm, secret);
    const wish = safePath(callbackUrl);
    redirect(`${enrolled ? '/second-factor' : '/enrol'}${wish ? `?callbackUrl=${encodeURIComponent(wish)}` : ''}`);
  }),
);
