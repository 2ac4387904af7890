import { idsOf, openingsAnswer } from '@/app/audit/_parts/answers';
import { auditSource, guarded } from '@/lib/identity';
import { readProviderOpenings } from '@/lib/transparency';

interface Context {
  params: Promise<{ ids: string }>;
}

/** Records of events of the provider's log, as those of an organisation's. */
export const GET = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'staff' },
  async ({ secret }, _request: Request, { params }: Context): Promise<Response> =>
    openingsAnswer(await readProviderOpenings(secret, idsOf((await params).ids), await auditSource())),
);
