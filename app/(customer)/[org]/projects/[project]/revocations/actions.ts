'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { callerOf, organisationOf, projectPath } from '@/app/(customer)/_parts/caller';
import { answerForm, type FormAnswer, guarded } from '@/lib/identity';
import { revoke } from '@/lib/policy';
import { createRevocation } from '@/lib/policy/schemas';
import { changeHref } from '../changes/_parts/progress';
import { SUBJECT_TYPES, subjectOf, utcOf } from './_parts/subject';

const form = z
  .object({
    projectId: z.string().min(1).max(64),
    type: z.enum(SUBJECT_TYPES),
    subject: z.string().trim().max(255).default(''),
    issuedBefore: z.string().max(32).default(''),
    reason: z.string(),
  })
  .transform(({ projectId, type, subject, issuedBefore, reason }, context) => {
    const at = utcOf(issuedBefore);
    if (at === undefined)
      context.addIssue({
        code: 'custom',
        path: ['issuedBefore'],
        message: 'Write a date and time, or leave it empty for now.',
      });
    if (type !== 'project' && subject === '')
      context.addIssue({ code: 'custom', path: ['subject'], message: 'Name what is revoked.' });
    const asked = createRevocation.safeParse({
      subject: subjectOf(type, subject),
      reason,
      ...(at ? { issuedBefore: at } : {}),
    });
    if (asked.success) return { projectId, ...asked.data };
    if (context.issues.length === 0) {
      for (const issue of asked.error.issues) {
        const [field] = issue.path;
        context.addIssue({
          code: 'custom',
          path: [field === 'subject' ? 'subject' : String(field)],
          message: issue.message,
        });
      }
    }
    return z.NEVER;
  });

/** Revokes once it is confirmed, and goes on to where its enforcement can be watched. */
export const revokeAction = guarded(
  {
    action: 'create',
    subject: 'Revocation',
    realm: 'customer',
    asks: 'revocation.create',
    organisation: organisationOf,
  },
  async (principal, _previous: FormAnswer, data: FormData): Promise<FormAnswer> =>
    answerForm(form, data, async ({ projectId, ...asked }) => {
      const since = Date.now();
      const { seq } = await revoke(await callerOf(principal), projectId, asked);
      const path = await projectPath(principal, projectId);
      revalidatePath(path, 'layout');
      redirect(changeHref(path, seq, { since }));
    }),
);
