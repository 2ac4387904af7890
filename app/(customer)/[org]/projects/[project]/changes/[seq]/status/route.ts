import { callerOf, organisationOfPath } from '@/app/(customer)/_parts/caller';
import { guarded } from '@/lib/identity';
import { enforcement } from '@/lib/policy';

interface Context {
  params: Promise<{ org: string; project: string; seq: string }>;
}

/** Where a change stands now. The change page asks twice a second while edges still answer. */
export const GET = guarded(
  {
    action: 'read',
    subject: 'Edge',
    realm: 'customer',
    organisation: organisationOfPath,
  },
  async (principal, _request: Request, { params }: Context): Promise<Response> =>
    Response.json(await enforcement(await callerOf(principal), Number((await params).seq)), {
      headers: { 'cache-control': 'no-store' },
    }),
);
