import { noteAnswer } from '@/app/audit/_parts/answers';
import type { Context } from '@/app/audit/[log]/_context';
import { guarded } from '@/lib/identity';
import { readCheckpoint } from '@/lib/transparency';

/** The newest checkpoint of the log of an organisation that is no more, on the origin of the staff. */
export const GET = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'staff' },
  async ({ secret }, _request: Request, { params }: Context): Promise<Response> =>
    noteAnswer(await readCheckpoint({ kind: 'staff', secret, orphan: (await params).log })),
);
