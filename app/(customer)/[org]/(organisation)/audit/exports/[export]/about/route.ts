import { aboutAnswer } from '@/app/_parts/audit/export-answer';
import { callerOf, organisationOfPath } from '@/app/(customer)/_parts/caller';
import { describeExport } from '@/lib/audit-export';
import { guarded } from '@/lib/identity';

interface Context {
  params: Promise<{ org: string; export: string }>;
}

/** What the file of an export holds. */
export const GET = guarded(
  { action: 'export', subject: 'AuditEvent', realm: 'customer', organisation: organisationOfPath },
  async (principal, _request: Request, { params }: Context): Promise<Response> =>
    aboutAnswer(await describeExport(await callerOf(principal), (await params).export)),
);
