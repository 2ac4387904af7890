import { callerOf } from '@/app/(customer)/_parts/caller';
import { noteAnswer } from '@/app/audit/_parts/answers';
import { guarded } from '@/lib/identity';
import { readCheckpoint } from '@/lib/transparency';
import { type Context, organisationOfLog } from '../_context';

/** The newest checkpoint of an organisation's log. */
export const GET = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'customer', organisation: organisationOfLog },
  async (principal, _request: Request, _context: Context): Promise<Response> =>
    noteAnswer(await readCheckpoint(await callerOf(principal))),
);
