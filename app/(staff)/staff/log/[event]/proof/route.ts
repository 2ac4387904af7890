import { fileAnswer } from '@/app/_parts/audit/file-answer';
import { auditSource, guarded } from '@/lib/identity';
import { exportProviderProof } from '@/lib/transparency';

interface Context {
  params: Promise<{ event: string }>;
}

/** That the provider's log holds an event, as a file. That it was taken is recorded. */
export const GET = guarded(
  { action: 'export', subject: 'AuditEvent', realm: 'staff' },
  async ({ secret }, _request: Request, { params }: Context): Promise<Response> =>
    fileAnswer(await exportProviderProof(secret, (await params).event, await auditSource()), 'text/plain'),
);
