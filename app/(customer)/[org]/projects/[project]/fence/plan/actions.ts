'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { callerOf, organisationOf, projectPath } from '@/app/(customer)/_parts/caller';
import { answerForm, type FormAnswer, guarded } from '@/lib/identity';
import { parseFence } from '@/lib/kernel/region';
import { applyFence } from '@/lib/policy';
import { getProject } from '@/lib/projects';
import { changeHref } from '../../changes/_parts/progress';

const form = z.object({
  projectId: z.string().min(1).max(64),
  regions: z
    .string()
    .max(64)
    .transform((text, context) => {
      const parsed = parseFence(text.split(','));
      if (parsed.ok) return [...parsed.fence];
      context.addIssue({ code: 'custom', message: parsed.detail });
      return z.NEVER;
    }),
});

/** Applies a planned fence once it is confirmed, and goes on to where its enforcement can be watched. */
export const applyFenceAction = guarded(
  {
    action: 'change-fence',
    subject: 'Project',
    realm: 'customer',
    asks: 'fence.apply',
    organisation: organisationOf,
  },
  async (principal, _previous: FormAnswer, data: FormData): Promise<FormAnswer> =>
    answerForm(form, data, async ({ projectId, regions }) => {
      const caller = await callerOf(principal);
      const { fence } = await getProject(caller, projectId);
      const since = Date.now();
      const { seq } = await applyFence(caller, projectId, { regions });
      const path = await projectPath(principal, projectId);
      revalidatePath(path, 'layout');
      redirect(changeHref(path, seq, { since, was: fence.regions, version: fence.version }));
    }),
);
