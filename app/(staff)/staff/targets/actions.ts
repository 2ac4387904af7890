'use server';

import { revalidatePath } from 'next/cache';
import { changePolicy, changeTarget } from '@/lib/grants';
import { policyForm, targetForm } from '@/lib/grants/schemas';
import { answerForm, auditSource, guarded } from '@/lib/identity';

const TARGETS = '/staff/targets';

export const changeTargetAction = guarded(
  { action: 'change', subject: 'AccessTarget', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(targetForm, form, async (fields) => {
      await changeTarget({ secret, source: await auditSource() }, fields);
      revalidatePath(TARGETS);
      return { ok: true, message: `${fields.id} is as you say, for requests from now on.` };
    }),
);

export const changeEligibilityAction = guarded(
  { action: 'change', subject: 'EligibilityPolicy', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(policyForm, form, async (fields) => {
      await changePolicy({ secret, source: await auditSource() }, fields);
      revalidatePath(TARGETS);
      return {
        ok: true,
        message: 'The policy holds from the next request on. What runs goes on under its own version.',
      };
    }),
);
