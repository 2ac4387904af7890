import { tileAnswer, tilePathOf } from '@/app/audit/_parts/answers';
import type { Context } from '@/app/audit/[log]/_context';
import { guarded } from '@/lib/identity';
import { readTile } from '@/lib/transparency';

/** A tile or an entry bundle of the log of an organisation that is no more. */
export const GET = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'staff' },
  async ({ secret }, request: Request, { params }: Context): Promise<Response> =>
    tileAnswer(await readTile({ kind: 'staff', secret, orphan: (await params).log }, tilePathOf(request)), 'private'),
);
