'use server';

import { redirect } from 'next/navigation';
import { clearSessionCookie, cookieSecret, endSession, guarded, requestRealm, safePath } from '@/lib/identity';

const why = 'Ends the session the browser holds and goes to sign in; without one there is nothing to end.';

/** The session that was turned away is over, so that the next one is a new one. Comes back to where it was wanted. */
export const signInAgainAction = guarded({ public: { why } }, async (_nobody, form: FormData): Promise<void> => {
  const realm = await requestRealm();
  const secret = await cookieSecret(realm);
  if (secret) await endSession(secret);
  await clearSessionCookie(realm);
  const wish = safePath(form.get('callbackUrl'));
  redirect(wish ? `/sign-in?callbackUrl=${encodeURIComponent(wish)}` : '/sign-in');
}) as (form: FormData) => Promise<void>;
