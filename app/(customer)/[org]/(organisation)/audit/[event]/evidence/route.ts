import { fileAnswer } from '@/app/_parts/audit/file-answer';
import { callerOf, organisationOfPath } from '@/app/(customer)/_parts/caller';
import { exportEvidence } from '@/lib/audit-log';
import { guarded } from '@/lib/identity';

interface Context {
  params: Promise<{ org: string; event: string }>;
}

/** The evidence of a confirmation in the organisation's log, as a file. That it was taken is recorded. */
export const GET = guarded(
  {
    action: 'export',
    subject: 'AuditEvent',
    realm: 'customer',
    organisation: organisationOfPath,
  },
  async (principal, _request: Request, { params }: Context): Promise<Response> =>
    fileAnswer(await exportEvidence(await callerOf(principal), (await params).event), 'application/json'),
);
