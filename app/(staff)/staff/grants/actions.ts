'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { staffOf } from '@/app/(staff)/_parts/staff-of';
import { requestAccessExport } from '@/lib/audit-export';
import { requestAccessExport as exportForm } from '@/lib/audit-export/schemas';
import { drawGrants } from '@/lib/grants';
import { drawGrants as drawForm } from '@/lib/grants/population/schemas';
import { answerForm, auditSource, guarded } from '@/lib/identity';

/** Draws a sample of all requests, and leads to it. */
export const drawGrantsAction = guarded(
  { action: 'export', subject: 'AuditEvent', realm: 'staff' },
  (staff, _previous: unknown, form: FormData) =>
    answerForm(drawForm, form, async (fields) => {
      const { seed, wanted, size } = await drawGrants(await staffOf(staff), fields);
      redirect(`/staff/grants?seed=${encodeURIComponent(seed)}&wanted=${wanted}&size=${size}`);
    }),
);

/** Asks for an evidence pack of access to production. It is written by and by; the list of exports says when it is there. */
export const exportAccessAction = guarded(
  { action: 'export', subject: 'AuditEvent', realm: 'staff' },
  ({ secret }, _previous: unknown, form: FormData) =>
    answerForm(exportForm, form, async (fields) => {
      await requestAccessExport(secret, fields, await auditSource());
      revalidatePath('/staff/log', 'layout');
      return { ok: true, message: 'The file is being written. You find it under Exports of the provider’s log.' };
    }),
);
