import { fileAnswer } from '@/app/_parts/audit/file-answer';
import { exportProviderEvidence } from '@/lib/audit-log';
import { auditSource, guarded } from '@/lib/identity';

interface Context {
  params: Promise<{ event: string }>;
}

/** The evidence of a confirmation in the provider's log, as a file. That it was taken is recorded. */
export const GET = guarded(
  { action: 'export', subject: 'AuditEvent', realm: 'staff' },
  async ({ secret }, _request: Request, { params }: Context): Promise<Response> =>
    fileAnswer(await exportProviderEvidence(secret, (await params).event, await auditSource()), 'application/json'),
);
