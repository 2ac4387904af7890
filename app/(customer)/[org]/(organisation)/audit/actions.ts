'use server';

import { revalidatePath } from 'next/cache';
import { viewAnswers } from '@/app/_parts/audit/view-answers';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { requestExport } from '@/lib/audit-export';
import { requestExport as exportForm } from '@/lib/audit-export/schemas';
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
  async (member, _previous: unknown, form: FormData) => viewAnswers.save(await callerOf(member), form),
);

export const removeViewAction = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) => viewAnswers.remove(await callerOf(member), form),
);
