'use server';

import { revalidatePath } from 'next/cache';
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
