import { readAccessPolicy } from '@/lib/access-policy';
import { policyMarkdown } from '@/lib/access-policy/schemas';
import { guarded } from '@/lib/identity';
import { systemClock } from '@/lib/platform';

/** The document, to be handed to somebody without access here. */
export const GET = guarded(
  { action: 'read', subject: 'AccessPolicy', realm: 'staff' },
  async ({ secret }, _request: Request): Promise<Response> => {
    const policy = await readAccessPolicy({ kind: 'staff', secret });
    const at = new Date(systemClock.now()).toISOString();
    return new Response(policyMarkdown({ ...policy, of: 'the provider’s staff', whose: 'staff', at }), {
      headers: {
        'content-type': 'text/markdown; charset=utf-8',
        'content-disposition': `attachment; filename="security-policy-${policy.version}.md"`,
        'cache-control': 'no-store',
      },
    });
  },
);
