'use server';

import { z } from 'zod';
import {
  beginStepUp,
  confirmStepUpWithCode,
  confirmStepUpWithPasskey,
  type FormAnswer,
  guarded,
  identityErrors,
  requestSource,
} from '@/lib/identity';
import { signed, stepUpAsk, stepUpForm } from '@/lib/identity/schemas';
import { isCordonError, toFormRefusal } from '@/lib/platform';
import type { Ways } from './ways';

/*
 * What confirms an act that was refused for want of it. The ask comes back from the browser as the act's own answer gave it; if it
 * comes back changed, what was confirmed fits no act. The act itself uses the confirmation up.
 */
const passkeyForm = z.object({ ask: stepUpAsk, signed });

/** What this person can confirm it with, and the statement for their passkey to sign. */
export const beginStepUpAction = guarded(
  { action: 'read', subject: 'Session', realm: 'person' },
  ({ secret }, input: unknown): Promise<Ways | FormAnswer> => {
    const ask = stepUpAsk.safeParse(input);
    return answered<Ways>(async () => {
      if (!ask.success) throw identityErrors('identity.input');
      return { ok: true, ...(await beginStepUp(secret, ask.data)) };
    });
  },
);

/** A code, for exactly this. */
export const confirmStepUpAction = guarded(
  { action: 'read', subject: 'Session', realm: 'person' },
  ({ secret }, input: unknown): Promise<FormAnswer> => {
    const form = stepUpForm.safeParse(input);
    return answered(async () => {
      if (!form.success) throw identityErrors('identity.code');
      const { code, ...ask } = form.data;
      await confirmStepUpWithCode(secret, ask, code, (await requestSource()).address);
      return { ok: true };
    });
  },
);

/** A passkey's signature over exactly this. */
export const confirmPasskeyStepUpAction = guarded(
  { action: 'read', subject: 'Session', realm: 'person' },
  ({ secret }, input: unknown): Promise<FormAnswer> => {
    const form = passkeyForm.safeParse(input);
    return answered(async () => {
      if (!form.success) throw identityErrors('identity.input');
      const { ask, signed } = form.data;
      await confirmStepUpWithPasskey(secret, ask, signed, (await requestSource()).address);
      return { ok: true };
    });
  },
);

/** Refusals are answers to the dialog; identity has recorded them. */
async function answered<A = FormAnswer>(work: () => Promise<A>): Promise<A | FormAnswer> {
  try {
    return await work();
  } catch (error) {
    if (!isCordonError(error)) throw error;
    return toFormRefusal(error);
  }
}
