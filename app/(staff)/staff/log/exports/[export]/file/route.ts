import { exportAnswer } from '@/app/_parts/audit/export-answer';
import { downloadProviderExport } from '@/lib/audit-export';
import { auditSource, guarded } from '@/lib/identity';

interface Context {
  params: Promise<{ export: string }>;
}

/** The file of an export. That it was taken is recorded. */
export const GET = guarded(
  { action: 'export', subject: 'AuditEvent', realm: 'staff' },
  async ({ secret }, _request: Request, { params }: Context): Promise<Response> =>
    exportAnswer(await downloadProviderExport(secret, (await params).export, await auditSource())),
);
