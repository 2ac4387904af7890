import 'server-only';
import { revalidatePath } from 'next/cache';
import * as views from '@/lib/audit-views';
import { removeView, saveView } from '@/lib/audit-views/schemas';
import { answerForm, type FormAnswer } from '@/lib/identity';

/** What the forms of saved views do, for whoever's log it is. The guarded action says who asks; the capability decides. */
export const viewAnswers = {
  save: (as: views.Viewer, form: FormData): Promise<FormAnswer> =>
    answerForm(saveView, form, async (fields) => {
      await views.saveView(as, fields);
      revalidatePath('/', 'layout');
      return { ok: true, message: 'Saved. You find it under Views.' };
    }),
  remove: (as: views.Viewer, form: FormData): Promise<FormAnswer> =>
    answerForm(removeView, form, async ({ viewId }) => {
      await views.removeView(as, viewId);
      revalidatePath('/', 'layout');
      return { ok: true, message: 'Removed.' };
    }),
};
