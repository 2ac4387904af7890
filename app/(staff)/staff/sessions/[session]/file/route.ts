import { answerFile, answerFor, type SessionContext } from '@/app/_parts/recording/answers';
import { auditSource, guarded } from '@/lib/identity';
import { downloadCopy, downloadRecording } from '@/lib/recordings';
import { fileQuery } from '@/lib/recordings/schemas';

/** The screen record, or a copy, to take away: as it came, for players, or what the audit log says of it. That it was taken is recorded. */
export const GET = guarded(
  { action: 'read', subject: 'ProductionSession', realm: 'staff' },
  async ({ secret }, request: Request, { params }: SessionContext): Promise<Response> =>
    answerFor(request, fileQuery, async ({ as, copy }) => {
      const caller = { secret, source: await auditSource() };
      return answerFile(
        copy ? await downloadCopy(caller, copy, as) : await downloadRecording(caller, (await params).session, as),
      );
    }),
);
