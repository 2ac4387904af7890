import { answerFile, answerFor } from '@/app/_parts/recording/answers';
import { auditSource, guarded, viewCookie } from '@/lib/identity';
import { downloadShared } from '@/lib/recordings';
import { sharedFileQuery } from '@/lib/recordings/schemas';

const why = 'The view in the cookie is the credential: 256 bits, four hours, one copy.';

/** The copy to take away, or what the audit log says of it. That it was taken is recorded. */
export const GET = guarded(
  { public: { why } },
  async (_nobody, request: Request): Promise<Response> =>
    answerFor(request, sharedFileQuery, async ({ as }) =>
      answerFile(await downloadShared(await viewCookie(), await auditSource(), as)),
    ),
);
