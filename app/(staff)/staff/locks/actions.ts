'use server';

import { revalidatePath } from 'next/cache';
import { liftLock, setLock } from '@/lib/grants';
import { liftForm, lockForm } from '@/lib/grants/schemas';
import { answerForm, auditSource, guarded } from '@/lib/identity';

const LOCKS = '/staff/locks';

export const setLockAction = guarded(
  { action: 'set', subject: 'AccessLock', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(lockForm, form, async (fields) => {
      await setLock({ secret, source: await auditSource() }, fields);
      revalidatePath(LOCKS);
      return { ok: true, message: 'Locked. Nothing new begins, and what runs is ended within seconds.' };
    }),
);

export const liftLockAction = guarded(
  { action: 'lift', subject: 'AccessLock', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(liftForm, form, async ({ lock }) => {
      await liftLock({ secret, source: await auditSource() }, lock);
      revalidatePath(LOCKS);
      return { ok: true, message: 'Lifted. What was ended stays ended.' };
    }),
);
