'use server';

import { redirect } from 'next/navigation';
import { qrPath } from '@/app/_ui/qr-path';
import {
  beginEnrolment,
  confirmEnrolment,
  currentPrincipal,
  guarded,
  identityErrors,
  landingOf,
  requestSource,
  safePath,
  setSessionCookie,
} from '@/lib/identity';
import { totpCode } from '@/lib/identity/schemas';
import { halfway } from '../_parts/session';
import type { EnrolState, Refused } from './state';

const why = 'Takes the session that holds the password only; the database lets it set up a first authenticator.';

/** Both steps of setting up: show the secret, confirm one code. What was shown before is only handed back to be shown again. */
export const enrolAction = guarded(
  { public: { why } },
  async (_nobody, previous: EnrolState | Refused, form: FormData): Promise<EnrolState> => {
    try {
      const { realm, secret } = await halfway();
      if (form.get('intent') === 'begin' || !('step' in previous) || previous.step !== 'scan') {
        const { uri, key } = await beginEnrolment(secret);
        return { step: 'scan', qr: qrPath(uri), key };
      }
      const code = totpCode.safeParse(form.get('code'));
      if (!code.success) throw identityErrors('identity.code');
      const done = await confirmEnrolment(secret, code.data, (await requestSource()).address);
      await setSessionCookie(realm, done.secret);
      return { step: 'codes', codes: done.recoveryCodes };
    } catch (error) {
      const message = (error as { publicMessage?: unknown }).publicMessage;
      if (typeof message !== 'string') throw error;
      return 'step' in previous && previous.step === 'scan'
        ? { ...previous, error: message }
        : { step: 'start', error: message };
    }
  },
);

/** The codes are stored: on to the work. */
export const finishEnrolmentAction = guarded({ public: { why } }, async (_nobody, form: FormData): Promise<void> => {
  const principal = await currentPrincipal();
  if (principal?.aal !== 2) redirect('/sign-in');
  redirect(safePath(form.get('callbackUrl')) ?? (await landingOf(principal)));
}) as (form: FormData) => Promise<void>;
