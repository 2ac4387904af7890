import { aboutAnswer } from '@/app/_parts/audit/export-answer';
import { describeProviderExport } from '@/lib/audit-export';
import { guarded } from '@/lib/identity';

interface Context {
  params: Promise<{ export: string }>;
}

/** What the file of an export holds. */
export const GET = guarded(
  { action: 'export', subject: 'AuditEvent', realm: 'staff' },
  async ({ secret }, _request: Request, { params }: Context): Promise<Response> =>
    aboutAnswer(await describeProviderExport(secret, (await params).export)),
);
