'use server';

import { revalidatePath } from 'next/cache';
import { handOverShift, removeShift, setShift } from '@/lib/grants';
import { handOverForm, removeShiftForm, shiftForm } from '@/lib/grants/on-call/schemas';
import { answerForm, auditSource, guarded } from '@/lib/identity';

const ON_CALL = '/staff/on-call';

export const setShiftAction = guarded(
  { action: 'set', subject: 'OnCallShift', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(shiftForm, form, async (fields) => {
      await setShift({ secret, source: await auditSource() }, fields);
      revalidatePath(ON_CALL);
      return { ok: true, message: 'On call. They are told first of requests in this time.' };
    }),
);

export const handOverShiftAction = guarded(
  { action: 'hand-over', subject: 'OnCallShift', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(handOverForm, form, async (fields) => {
      await handOverShift({ secret, source: await auditSource() }, fields);
      revalidatePath(ON_CALL);
      return { ok: true, message: 'Handed over. They are told.' };
    }),
);

export const removeShiftAction = guarded(
  { action: 'remove', subject: 'OnCallShift', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(removeShiftForm, form, async ({ shift }) => {
      await removeShift({ secret, source: await auditSource() }, shift);
      revalidatePath(ON_CALL);
      return { ok: true, message: 'Removed. What was told stays told.' };
    }),
);
