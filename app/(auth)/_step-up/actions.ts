'use server';

import { confirmStepUp, type FormAnswer, guarded, identityErrors, requestSource } from '@/lib/identity';
import { stepUpForm } from '@/lib/identity/schemas';
import { toFormRefusal } from '@/lib/platform';

/** Verifies a code for one act on one object. The act itself uses it up; see `useStepUp`. */
export const confirmStepUpAction = guarded(
  { action: 'read', subject: 'Session', realm: 'person' },
  async ({ secret }, input: { action: string; object: string; code: string }): Promise<FormAnswer> => {
    const asked = stepUpForm.safeParse(input);
    if (!asked.success) return toFormRefusal(identityErrors('identity.code'));
    try {
      const { code, ...purpose } = asked.data;
      await confirmStepUp(secret, purpose, code, (await requestSource()).address);
      return { ok: true };
    } catch (error) {
      if (!identityErrors.is(error)) throw error;
      return toFormRefusal(error);
    }
  },
);
