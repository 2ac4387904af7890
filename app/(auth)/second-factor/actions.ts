'use server';

import { redirect } from 'next/navigation';
import {
  answerForm,
  beginPasskeyFactor,
  type FormAnswer,
  giveCode,
  givePasskey,
  guarded,
  requestSource,
  safePath,
} from '@/lib/identity';
import { codeForm, type Signed } from '@/lib/identity/schemas';
import { enter, halfway, readSigned } from '../_parts/session';

const why = 'Takes the session that holds the password only; it can do nothing but this.';

/** Second factor. The session is replaced by one with both. */
export const secondFactorAction = guarded({ public: { why } }, async (_nobody, _previous: FormAnswer, form: FormData) =>
  answerForm(codeForm, form, async ({ code, callbackUrl }) => {
    const { realm, secret } = await halfway();
    const raised = await giveCode(secret, code, (await requestSource()).address);
    redirect(await enter(realm, raised.secret, safePath(callbackUrl)));
  }),
);

/** What a passkey of this account is to sign. */
export const beginPasskeyFactorAction = guarded({ public: { why } }, async () => ({
  ok: true as const,
  ...(await beginPasskeyFactor((await halfway()).secret)),
}));

/** A passkey as the second factor. The session is replaced by one with both. */
export const passkeyFactorAction = guarded(
  { public: { why } },
  async (_nobody, input: { signed: Signed; callbackUrl: string }): Promise<FormAnswer> => {
    const { realm, secret } = await halfway();
    const raised = await givePasskey(secret, readSigned(input.signed), (await requestSource()).address);
    redirect(await enter(realm, raised.secret, safePath(input.callbackUrl)));
  },
);
