import { callerOf, organisationOfPath } from '@/app/(customer)/_parts/caller';
import { beat, listEdges } from '@/lib/fleet';
import { guarded } from '@/lib/identity';

interface Context {
  params: Promise<{ org: string; project: string }>;
}

/** Which policy each edge enforces now, for the page that is in session at one of them. */
export const GET = guarded(
  {
    action: 'read',
    subject: 'Edge',
    realm: 'customer',
    organisation: organisationOfPath,
  },
  async (principal, _request: Request, _context: Context): Promise<Response> => {
    const caller = await callerOf(principal);
    const [edges, { version }] = await Promise.all([listEdges(caller), beat(caller)]);
    const shown = edges.map(({ name, state, enforcedSeq }) => ({
      name,
      state,
      policy: enforcedSeq === null ? null : `${version.epoch}.${enforcedSeq}`,
    }));
    return Response.json({ edges: shown }, { headers: { 'cache-control': 'no-store' } });
  },
);
