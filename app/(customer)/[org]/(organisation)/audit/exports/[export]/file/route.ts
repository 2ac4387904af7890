import { exportAnswer } from '@/app/_parts/audit/export-answer';
import { callerOf, organisationOfPath } from '@/app/(customer)/_parts/caller';
import { downloadExport } from '@/lib/audit-export';
import { guarded } from '@/lib/identity';

interface Context {
  params: Promise<{ org: string; export: string }>;
}

/** The file of an export. That it was taken is recorded. */
export const GET = guarded(
  { action: 'export', subject: 'AuditEvent', realm: 'customer', organisation: organisationOfPath },
  async (principal, _request: Request, { params }: Context): Promise<Response> =>
    exportAnswer(await downloadExport(await callerOf(principal), (await params).export)),
);
