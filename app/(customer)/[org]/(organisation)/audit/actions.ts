'use server';

import { revalidatePath } from 'next/cache';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { requestExport } from '@/lib/audit-export';
import { requestExport as exportForm } from '@/lib/audit-export/schemas';
import { removeView, saveView } from '@/lib/audit-views';
import { removeView as removeForm, saveView as saveForm } from '@/lib/audit-views/schemas';
import { answerForm, guarded } from '@/lib/identity';

/** Asks for a file of the organisation's log. It is written by and by; the list of exports says when it is there. */
export const requestExportAction = guarded(
  { action: 'export', subject: 'AuditEvent', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(exportForm, form, async (fields) => {
      await requestExport(await callerOf(member), fields);
      revalidatePath('/', 'layout');
      return { ok: true, message: 'The file is being written. You find it under Exports.' };
    }),
);

export const saveViewAction = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(saveForm, form, async (fields) => {
      await saveView(await callerOf(member), fields);
      revalidatePath('/', 'layout');
      return { ok: true, message: 'Saved. You find it under Views.' };
    }),
);

export const removeViewAction = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(removeForm, form, async ({ viewId }) => {
      await removeView(await callerOf(member), viewId);
      revalidatePath('/', 'layout');
      return { ok: true, message: 'Removed.' };
    }),
);
