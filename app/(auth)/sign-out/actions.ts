'use server';

import { redirect } from 'next/navigation';
import { clearSessionCookie, cookieSecret, endSession, guarded, requestRealm } from '@/lib/identity';

const why = 'Ends the session the browser holds, whatever state it is in; without one there is nothing to end.';

/** Its forms show no answer: it ends in a redirect, or nothing was changed and the page stays as it is. */
export const signOutAction = guarded({ public: { why } }, async (_nobody, _form: FormData): Promise<void> => {
  const realm = await requestRealm();
  const secret = await cookieSecret(realm);
  if (secret) await endSession(secret);
  await clearSessionCookie(realm);
  redirect('/sign-in?ended');
}) as (form: FormData) => Promise<void>;
