'use server';

import { revalidatePath } from 'next/cache';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { answerProvider, changeLockbox, commentToProvider, withdrawAccess } from '@/lib/grants';
import { customerCommentForm, customerVoteForm, lockboxForm, requestForm } from '@/lib/grants/schemas';
import { answerForm, guarded } from '@/lib/identity';

const REALM = { realm: 'customer', organisation: organisationOf } as const;
const read = () => revalidatePath('/', 'layout');

/** The organisation's word on access to its data, signed with the member's own passkey. */
export const answerProviderAction = guarded(
  { ...REALM, action: 'decide', subject: 'ProviderAccess', asks: 'grant.vote' },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(customerVoteForm, form, async (fields) => {
      const state = await answerProvider(await callerOf(member), fields);
      read();
      if (state === 'denied') return { ok: true, message: 'Signed. Nobody gets in.' };
      return {
        ok: true,
        message: state === 'pending' ? 'Signed. Others have to agree too.' : 'Signed. Access is agreed to.',
      };
    }),
);

export const withdrawAccessAction = guarded(
  { ...REALM, action: 'end', subject: 'ProviderAccess' },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(requestForm, form, async ({ request }) => {
      await withdrawAccess(await callerOf(member), request);
      read();
      return { ok: true, message: 'Withdrawn. What runs on it is cut.' };
    }),
);

export const commentToProviderAction = guarded(
  { ...REALM, action: 'comment', subject: 'ProviderAccess' },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(customerCommentForm, form, async (fields) => {
      await commentToProvider(await callerOf(member), fields);
      read();
      return { ok: true, message: 'Sent to the provider.' };
    }),
);

export const changeLockboxAction = guarded(
  { ...REALM, action: 'change', subject: 'LockboxSetting', asks: 'lockbox.change' },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(lockboxForm, form, async (fields) => {
      const changed = await changeLockbox(await callerOf(member), fields);
      read();
      return { ok: true, message: changed ? 'It holds from the next request on.' : 'It was that already.' };
    }),
);
