import { answerJson } from '@/app/_parts/recording/answers';
import { guarded, viewCookie } from '@/lib/identity';
import { readSharedLines } from '@/lib/recordings';
import { linesQuery } from '@/lib/recordings/schemas';

const why = 'The view in the cookie is the credential: 256 bits, four hours, one copy.';

/** Lines of the copy for the player, from a byte on. */
export const GET = guarded(
  { public: { why } },
  async (_nobody, request: Request): Promise<Response> =>
    answerJson(request, linesQuery, async ({ from }) => readSharedLines(await viewCookie(), from)),
);
