import { auditSource, guarded } from '@/lib/identity';
import { readLines } from '@/lib/recordings';
import { linesQuery } from '@/lib/recordings/schemas';
import { answerJson, type SessionContext } from '../answers';

/** Lines of the screen record for the player, from a byte on. */
export const GET = guarded(
  { action: 'read', subject: 'ProductionSession', realm: 'staff' },
  async ({ secret }, request: Request, { params }: SessionContext): Promise<Response> =>
    answerJson(request, linesQuery, async ({ from }) =>
      readLines({ secret, source: await auditSource() }, (await params).session, from),
    ),
);
