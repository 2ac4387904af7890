import { noteAnswer } from '@/app/audit/_parts/answers';
import { guarded } from '@/lib/identity';
import { readCheckpoint } from '@/lib/transparency';

/** The newest checkpoint of the provider's log, on the origin of the staff. */
export const GET = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'staff' },
  async ({ secret }, _request: Request): Promise<Response> =>
    noteAnswer(await readCheckpoint({ kind: 'staff', secret })),
);
