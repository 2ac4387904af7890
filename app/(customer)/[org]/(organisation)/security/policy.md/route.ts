import { callerOf, organisationOfPath } from '@/app/(customer)/_parts/caller';
import { readAccessPolicy } from '@/lib/access-policy';
import { policyMarkdown } from '@/lib/access-policy/schemas';
import { guarded, membershipsOf } from '@/lib/identity';
import { systemClock } from '@/lib/platform';

interface Context {
  params: Promise<{ org: string }>;
}

/** The document, to be handed to somebody without access here. */
export const GET = guarded(
  { action: 'read', subject: 'AccessPolicy', realm: 'customer', organisation: organisationOfPath },
  async (member, _request: Request, { params }: Context): Promise<Response> => {
    const [policy, memberships, { org }] = await Promise.all([
      readAccessPolicy(await callerOf(member)),
      membershipsOf(member.secret),
      params,
    ]);
    const of = memberships.find(({ organisationId }) => organisationId === member.organisationId)?.name ?? org;
    const at = new Date(systemClock.now()).toISOString();
    return new Response(policyMarkdown({ ...policy, of, whose: 'members', at }), {
      headers: {
        'content-type': 'text/markdown; charset=utf-8',
        'content-disposition': `attachment; filename="security-policy-${policy.version}.md"`,
        'cache-control': 'no-store',
      },
    });
  },
);
