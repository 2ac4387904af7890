import { tileAnswer, tilePathOf } from '@/app/audit/_parts/answers';
import { guarded } from '@/lib/identity';
import { readTile } from '@/lib/transparency';

/** A tile or an entry bundle of the provider's log. */
export const GET = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'staff' },
  async ({ secret }, request: Request): Promise<Response> =>
    tileAnswer(await readTile({ kind: 'staff', secret }, tilePathOf(request)), 'private'),
);
