'use server';

import { revalidatePath } from 'next/cache';
import { viewAnswers } from '@/app/_parts/audit/view-answers';
import { staffOf } from '@/app/(staff)/_parts/staff-of';
import { requestProviderExport } from '@/lib/audit-export';
import { requestExport as exportForm } from '@/lib/audit-export/schemas';
import { answerForm, auditSource, guarded } from '@/lib/identity';

/** Asks for a file of the provider's log. It is written by and by; the list of exports says when it is there. */
export const requestProviderExportAction = guarded(
  { action: 'export', subject: 'AuditEvent', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(exportForm, form, async (fields) => {
      await requestProviderExport(secret, fields, await auditSource());
      revalidatePath('/staff/log', 'layout');
      return { ok: true, message: 'The file is being written. You find it under Exports.' };
    }),
);

export const saveProviderViewAction = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'staff' },
  async (staff, _previous: unknown, form: FormData) => viewAnswers.save(await staffOf(staff), form),
);

export const removeProviderViewAction = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'staff' },
  async (staff, _previous: unknown, form: FormData) => viewAnswers.remove(await staffOf(staff), form),
);
