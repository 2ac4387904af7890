import { guarded } from '@/lib/identity';
import { operatorLog } from '@/lib/transparency';
import { readVerifier, servedVerifier } from '@/lib/verifier';

/**
 * Checks a pack or a proof in the browser. No page of the console's own: the very file that is handed out, under its own policy, which is
 * stricter (proxy.ts), with this console's key filled in.
 */
export const GET = guarded(
  { public: { why: 'Runs in the browser and sends nothing; whoever was given a file may check it.' } },
  async (_principal, request: Request): Promise<Response> => {
    // Without the keyring the page is of use to whoever brings a key.
    const { vkeys } = await operatorLog().catch(() => ({ vkeys: [] }));
    const name = request.headers.get('x-forwarded-host') ?? new URL(request.url).host;
    return new Response(servedVerifier(readVerifier(), { name, vkeys }), {
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
  },
);
