'use server';

import { redirect } from 'next/navigation';
import { qrPath } from '@/app/_ui/qr-path';
import {
  answerForm,
  beginEnrolment,
  beginPasskeyEnrolment,
  confirmEnrolment,
  confirmPasskeyEnrolment,
  currentPrincipal,
  guarded,
  identityErrors,
  landingOf,
  requestSource,
  safePath,
  setSessionCookie,
} from '@/lib/identity';
import { codeForm, type EnrolledPasskey, enrolledPasskey, noFields } from '@/lib/identity/schemas';
import { toFormRefusal } from '@/lib/platform';
import { nextStep } from '../_parts/next-step';
import { halfway } from '../_parts/session';
import type { AuthenticatorState } from './state';

const why = 'Takes the session that holds the password only; the database lets it set up a first factor.';

/** The secret of a new authenticator, shown this once. */
export const beginAuthenticatorAction = guarded(
  { public: { why } },
  async (_nobody, _previous: AuthenticatorState, form: FormData) =>
    answerForm(noFields, form, async (): Promise<AuthenticatorState> => {
      const { uri, key } = await beginEnrolment((await halfway()).secret);
      return { scan: { qr: qrPath(uri), key } };
    }),
);

/** Its first code. What was shown before is only handed back to be shown again. */
export const confirmAuthenticatorAction = guarded(
  { public: { why } },
  async (_nobody, previous: AuthenticatorState, form: FormData): Promise<AuthenticatorState> => ({
    scan: previous.scan,
    ...(await answerForm(codeForm, form, async ({ code }): Promise<AuthenticatorState> => {
      const { realm, secret } = await halfway();
      const done = await confirmEnrolment(secret, code, (await requestSource()).address);
      await setSessionCookie(realm, done.secret);
      return { ok: true, codes: done.recoveryCodes };
    })),
  }),
);

/** What a first passkey, or the one that replaces all that were lost, is made with. */
export const beginPasskeyAction = guarded({ public: { why } }, async () => ({
  ok: true as const,
  ...(await beginPasskeyEnrolment((await halfway()).secret)),
}));

/** Takes the passkey in. One that waits for a colleague raises nothing. */
export const confirmPasskeyAction = guarded({ public: { why } }, async (_nobody, input: EnrolledPasskey) => {
  const made = enrolledPasskey.safeParse(input);
  if (!made.success) return toFormRefusal(identityErrors('identity.input'));
  const { realm, secret } = await halfway();
  const done = await confirmPasskeyEnrolment(secret, made.data, (await requestSource()).address);
  if (done.secret) await setSessionCookie(realm, done.secret);
  const { deviceBound, fingerprint, recoveryCodes } = done;
  return { ok: true as const, deviceBound, fingerprint, waits: done.secret === null, codes: recoveryCodes };
});

/** The codes are stored: on to the work. */
export const finishEnrolmentAction = guarded({ public: { why } }, async (_nobody, form: FormData): Promise<void> => {
  const principal = await currentPrincipal();
  if (!principal || nextStep(principal) !== 'through') redirect('/sign-in');
  redirect(safePath(form.get('callbackUrl')) ?? (await landingOf(principal)));
}) as (form: FormData) => Promise<void>;
