import { answerJson, type SessionContext } from '@/app/_parts/recording/answers';
import { auditSource, guarded } from '@/lib/identity';
import { watchRecording } from '@/lib/recordings';
import { linesQuery } from '@/lib/recordings/schemas';

/** What has come of a live session since a byte. Who asks watches, and the person in the session is told. */
export const GET = guarded(
  { action: 'watch', subject: 'SessionRecording', realm: 'staff' },
  async ({ secret }, request: Request, { params }: SessionContext): Promise<Response> =>
    answerJson(request, linesQuery, async ({ from }) =>
      watchRecording({ secret, source: await auditSource() }, (await params).session, from),
    ),
);
