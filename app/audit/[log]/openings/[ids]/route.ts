import { callerOf } from '@/app/(customer)/_parts/caller';
import { guarded } from '@/lib/identity';
import { readOpenings } from '@/lib/transparency';
import { organisationOfLog } from '../../_context';

interface Context {
  params: Promise<{ log: string; ids: string }>;
}

/** Records of the events named by their ids, separated by commas, as NDJSON: for a browser that proves a page by itself. */
export const GET = guarded(
  { action: 'read', subject: 'AuditEvent', realm: 'customer', organisation: organisationOfLog },
  async (principal, _request: Request, { params }: Context): Promise<Response> => {
    // A comma arrives as it was written, or encoded.
    const ids = (await params).ids.split(/,|%2C/i);
    return new Response(await readOpenings(await callerOf(principal), ids), {
      headers: {
        'content-type': 'application/x-ndjson; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    });
  },
);
