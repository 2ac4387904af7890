import { tileAnswer, tilePathOf } from '@/app/audit/_parts/answers';
import { guarded } from '@/lib/identity';
import { readTile } from '@/lib/transparency';

/** A tile or an entry bundle of the operator's log, whose entries are the checkpoints of all others. */
export const GET = guarded(
  { public: { why: 'The operator’s log is there for everybody to watch.' } },
  async (_principal, request: Request): Promise<Response> =>
    tileAnswer(await readTile({ kind: 'anybody' }, tilePathOf(request)), 'public'),
);
