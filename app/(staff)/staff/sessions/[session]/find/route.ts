import { answerJson, type SessionContext } from '@/app/_parts/recording/answers';
import { auditSource, guarded } from '@/lib/identity';
import { findInRecording } from '@/lib/recordings';
import { wordsQuery } from '@/lib/recordings/schemas';

/** Where on the screens of this session these words were. */
export const GET = guarded(
  { action: 'read', subject: 'ProductionSession', realm: 'staff' },
  async ({ secret }, request: Request, { params }: SessionContext): Promise<Response> =>
    answerJson(request, wordsQuery, async ({ words }) =>
      findInRecording({ secret, source: await auditSource() }, (await params).session, words),
    ),
);
