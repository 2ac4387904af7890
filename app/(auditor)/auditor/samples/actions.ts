'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { callerOf, organisationOf } from '@/app/(customer)/_parts/caller';
import { requestSampleExport } from '@/lib/audit-export';
import { requestSampleExport as exportForm } from '@/lib/audit-export/schemas';
import { drawSample } from '@/lib/audit-sample';
import { drawSample as drawForm } from '@/lib/audit-sample/schemas';
import { answerForm, guarded, membershipsOf } from '@/lib/identity';

/** Leads to the page of the sample: among the auditor's, or the organisation's. */
export const drawSampleAction = guarded(
  { action: 'export', subject: 'AuditEvent', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(drawForm, form, async (fields) => {
      const id = await drawSample(await callerOf(member), fields);
      const memberships = await membershipsOf(member.secret);
      const { slug = '', role } =
        memberships.find(({ organisationId }) => organisationId === member.organisationId) ?? {};
      redirect(
        role === 'auditor'
          ? `/auditor/samples?organisation=${encodeURIComponent(slug)}&sample=${id}`
          : `/${encodeURIComponent(slug)}/audit/samples?sample=${id}`,
      );
    }),
);

export const exportSampleAction = guarded(
  { action: 'export', subject: 'AuditEvent', realm: 'customer', organisation: organisationOf },
  async (member, _previous: unknown, form: FormData) =>
    answerForm(exportForm, form, async ({ sampleId, format }) => {
      await requestSampleExport(await callerOf(member), sampleId, format);
      revalidatePath('/', 'layout');
      return { ok: true, message: 'The file is being written. You find it under Exports.' };
    }),
);
