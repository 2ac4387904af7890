'use server';

import { redirect } from 'next/navigation';
import {
  answerForm,
  beginPasskeySignIn,
  type FormAnswer,
  guarded,
  requestRealm,
  requestSource,
  safePath,
  setSessionCookie,
  signInWithPasskey,
  signInWithPassword,
} from '@/lib/identity';
import { type Signed, signInForm } from '@/lib/identity/schemas';
import { enter, readSigned } from '../_parts/session';

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

/** What a passkey is to sign. Says nothing about anybody: it is the same for every visitor. */
export const beginPasskeySignInAction = guarded({ public: { why } }, async () => ({
  ok: true as const,
  ...(await beginPasskeySignIn(await requestRealm())),
}));

/** Both factors at once. Which account it is, the passkey says. */
export const passkeySignInAction = guarded(
  { public: { why } },
  async (_nobody, input: { signed: Signed; callbackUrl: string }): Promise<FormAnswer> => {
    const realm = await requestRealm();
    const { secret } = await signInWithPasskey({
      realm,
      signed: readSigned(input.signed),
      ...(await requestSource()),
    });
    redirect(await enter(realm, secret, safePath(input.callbackUrl)));
  },
);
