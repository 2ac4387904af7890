import { noteAnswer } from '@/app/audit/_parts/answers';
import { guarded } from '@/lib/identity';
import { readCheckpoint } from '@/lib/transparency';

/** The newest checkpoint of the operator's log. */
export const GET = guarded(
  { public: { why: 'The operator’s log is there for everybody to watch.' } },
  async (_principal, _request: Request): Promise<Response> => noteAnswer(await readCheckpoint({ kind: 'anybody' })),
);
