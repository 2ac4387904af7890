import { callerOf } from '@/app/(customer)/_parts/caller';
import { idsOf, openingsAnswer } from '@/app/audit/_parts/answers';
import { guarded } from '@/lib/identity';
import { readOpenings } from '@/lib/transparency';
import { organisationOfLog } from '../../_context';

interface Context {
  params: Promise<{ log: string; ids: string }>;
}

/** Records of the events named by their ids, separated by commas, as NDJSON: for a browser that proves a page by itself. */
export const GET = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'customer', organisation: organisationOfLog },
  async (principal, _request: Request, { params }: Context): Promise<Response> =>
    openingsAnswer(await readOpenings(await callerOf(principal), idsOf((await params).ids))),
);
