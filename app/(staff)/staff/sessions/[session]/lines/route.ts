import { answerJson, type SessionContext } from '@/app/_parts/recording/answers';
import { auditSource, guarded } from '@/lib/identity';
import { readCopyLines, readLines } from '@/lib/recordings';
import { linesQuery } from '@/lib/recordings/schemas';

/** Lines of the screen record, or of a copy, for the player, from a byte on. */
export const GET = guarded(
  { action: 'read', subject: 'ProductionSession', realm: 'staff' },
  async ({ secret }, request: Request, { params }: SessionContext): Promise<Response> =>
    answerJson(request, linesQuery, async ({ from, copy }) => {
      const caller = { secret, source: await auditSource() };
      return copy ? readCopyLines(caller, copy, from) : readLines(caller, (await params).session, from);
    }),
);
