'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { changeAccessPolicy } from '@/lib/access-policy';
import { accessPolicyForm } from '@/lib/access-policy/schemas';
import { answerForm, auditSource, guarded, requestSource } from '@/lib/identity';

/** Asks for a step-up `staff-policy.change` in the terms of what changes. Ends on the document. */
export const changeStaffPolicyAction = guarded(
  { action: 'change', subject: 'AccessPolicy', realm: 'staff', asks: 'staff-policy.change' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(accessPolicyForm.staff, form, async ({ version, ...settings }) => {
      const { address } = await requestSource();
      const decider = { kind: 'staff' as const, secret, source: await auditSource() };
      if (!(await changeAccessPolicy(decider, version, settings, address)))
        return { code: 'access-policy.same', message: 'This is the policy as it is. Nothing was changed.' };
      revalidatePath('/', 'layout');
      redirect('/staff/security');
    }),
);
