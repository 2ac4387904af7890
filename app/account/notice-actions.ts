'use server';

import { revalidatePath } from 'next/cache';
import { answerForm, guarded } from '@/lib/identity';
import { readNotices } from '@/lib/notices';
import { dismissForm } from '@/lib/notices/schemas';

/** They stay in the list of the account, and are mailed as they would have been. */
export const dismissNoticesAction = guarded(
  { action: 'dismiss', subject: 'Notice', realm: 'person' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(dismissForm, form, async ({ ids }) => {
      await readNotices(secret, ids);
      revalidatePath('/', 'layout');
      return { ok: true };
    }),
);
