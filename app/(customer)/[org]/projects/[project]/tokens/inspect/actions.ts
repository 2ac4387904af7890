'use server';

import { z } from 'zod';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { answerForm, type FormAnswer, guarded } from '@/lib/identity';
import { inspectToken } from '@/lib/tokens';
import { type Inspection, inspectToken as schema } from '@/lib/tokens/schemas';
import { utcOf } from '../../revocations/_parts/subject';

export interface InspectAnswer extends FormAnswer {
  inspection?: Inspection;
}

const form = schema.omit({ at: true, edge: true }).extend({
  projectId: z.string().min(1).max(64),
  edge: z
    .string()
    .max(64)
    .transform((name) => name || undefined),
  when: z
    .string()
    .max(32)
    .default('')
    .refine((text) => utcOf(text) !== undefined, 'Write a date and time, or leave it empty for now.'),
});

/** Runs the edges' rules over a pasted token. The token is not kept. */
export const inspectTokenAction = guarded(
  {
    action: 'inspect',
    subject: 'Token',
    realm: 'customer',
    organisation: organisationOf,
  },
  async (principal, _previous: InspectAnswer, data: FormData): Promise<InspectAnswer> =>
    answerForm(form, data, async ({ projectId, when, edge, ...asked }): Promise<InspectAnswer> => {
      const at = utcOf(when);
      const inspection = await inspectToken(await callerOf(principal), projectId, {
        ...asked,
        ...(edge ? { edge } : {}),
        ...(at ? { at } : {}),
      });
      return { ok: true, inspection };
    }),
);
