import { callerOf } from '@/app/(customer)/_parts/caller';
import { tileAnswer, tilePathOf } from '@/app/audit/_parts/answers';
import { guarded } from '@/lib/identity';
import { readTile } from '@/lib/transparency';
import { type Context, organisationOfLog } from '../../_context';

/** A tile or an entry bundle of an organisation's log. */
export const GET = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'customer', organisation: organisationOfLog },
  async (principal, request: Request, _context: Context): Promise<Response> =>
    tileAnswer(await readTile(await callerOf(principal), tilePathOf(request)), 'private'),
);
