import { guarded } from '@/lib/identity';
import { enforcement } from '@/lib/policy';
import { callerOf, organisationOf } from '../../../changes/_parts/access';

interface Context {
  params: Promise<{ org: string; project: string; seq: string }>;
}

/** Where a change stands now. The change page asks twice a second while edges still answer. */
export const GET = guarded(
  {
    action: 'read',
    subject: 'Edge',
    realm: 'customer',
    organisation: async (_request: Request, { params }: Context) => organisationOf((await params).org),
  },
  async (principal, _request: Request, { params }: Context): Promise<Response> =>
    Response.json(await enforcement(callerOf(principal), Number((await params).seq)), {
      headers: { 'cache-control': 'no-store' },
    }),
);
