import { callerOf } from '@/app/(customer)/_parts/caller';
import { guarded } from '@/lib/identity';
import { readOpenings } from '@/lib/transparency';
import { type Context, organisationOfLog } from '../_context';

/** Records of the events named by `ids`, as NDJSON: for a browser that proves a page by itself. */
export const GET = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'customer', organisation: organisationOfLog },
  async (principal, request: Request, _context: Context): Promise<Response> => {
    const ids = new URL(request.url).searchParams.get('ids') ?? '';
    return new Response(await readOpenings(await callerOf(principal), ids.split(',').filter(Boolean)), {
      headers: {
        'content-type': 'application/x-ndjson; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    });
  },
);
