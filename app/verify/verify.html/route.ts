import { guarded } from '@/lib/identity';
import { readVerifier } from '@/lib/verifier';

/** The verifier as a file, byte for byte as its SHA-256 says. */
export const GET = guarded(
  { public: { why: 'It holds no secret and reaches nothing; auditors use it without network.' } },
  async (_principal, _request: Request): Promise<Response> =>
    new Response(new Uint8Array(readVerifier().html), {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-disposition': 'attachment; filename="verify.html"',
      },
    }),
);
