import { fileAnswer } from '@/app/_parts/audit/file-answer';
import { callerOf, organisationOfPath } from '@/app/(customer)/_parts/caller';
import { guarded } from '@/lib/identity';
import { exportProof } from '@/lib/transparency';

interface Context {
  params: Promise<{ org: string; event: string }>;
}

/** That the organisation's log holds an event, as a file. That it was taken is recorded. */
export const GET = guarded(
  {
    action: 'export',
    subject: 'AuditEvent',
    realm: 'customer',
    organisation: organisationOfPath,
  },
  async (principal, _request: Request, { params }: Context): Promise<Response> =>
    fileAnswer(await exportProof(await callerOf(principal), (await params).event), 'text/plain'),
);
