'use server';

import { redirect } from 'next/navigation';
import {
  acceptInvitation,
  acceptInvitationSignedIn,
  answerForm,
  clearLinkCookie,
  type FormAnswer,
  guarded,
  identityErrors,
  landingPath,
  linkCookie,
  membershipsOf,
  requestRealm,
  requestSource,
  setSessionCookie,
} from '@/lib/identity';
import { newAccountForm, noFields } from '@/lib/identity/schemas';
import { halfway } from '../_parts/session';

const why = 'The link is the credential: 256 bits, single use, seven days.';

/** Makes the invited account and goes on to its second factor. */
export const acceptInvitationAction = guarded(
  { public: { why } },
  async (_nobody, _previous: FormAnswer, form: FormData) =>
    answerForm(newAccountForm, form, async (account) => {
      const realm = await requestRealm();
      const link = await linkCookie(realm);
      if (!link) throw identityErrors('identity.link');
      const { secret } = await acceptInvitation(realm, link, account, await requestSource());
      await clearLinkCookie(realm);
      await setSessionCookie(realm, secret);
      redirect('/enrol');
    }),
);

/** Accepts as the person signed in here. */
export const joinAction = guarded({ public: { why } }, async (_nobody, _previous: FormAnswer, form: FormData) =>
  answerForm(noFields, form, async () => {
    const { realm, secret } = await halfway();
    const link = await linkCookie(realm);
    if (!link) throw identityErrors('identity.link');
    await acceptInvitationSignedIn(secret, link, (await requestSource()).address);
    await clearLinkCookie(realm);
    redirect(landingPath(realm, await membershipsOf(secret)));
  }),
);
