'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { changeAccessPolicy } from '@/lib/access-policy';
import { accessPolicyForm } from '@/lib/access-policy/schemas';
import { answerForm, guarded, membershipsOf, requestSource } from '@/lib/identity';

/** Asks for a step-up `access-policy.change` in the terms of what changes. Ends on the document. */
export const changePolicyAction = guarded(
  {
    action: 'change',
    subject: 'AccessPolicy',
    realm: 'customer',
    asks: 'access-policy.change',
    organisation: organisationOf,
  },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(accessPolicyForm.members, form, async ({ version, ...settings }) => {
      const { address } = await requestSource();
      if (!(await changeAccessPolicy(await callerOf(member), version, settings, address)))
        return { code: 'access-policy.same', message: 'This is the policy as it is. Nothing was changed.' };
      revalidatePath('/', 'layout');
      const organisation = (await membershipsOf(member.secret)).find(
        ({ organisationId }) => organisationId === member.organisationId,
      );
      redirect(`/${organisation?.slug ?? ''}/security`);
    }),
);
