import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authOptions, guarded, requestRealm } from '@/lib/identity';

const why =
  'next-auth answers here: session, csrf, sign-in with credentials, sign-out. Its own callbacks ask the session’s row.';

/** Both origins, each with its own realm's cookies; an unknown host is refused before next-auth sees the request. */
const handler = guarded(
  { public: { why } },
  async (_nobody, request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> => {
    const realm = await requestRealm();
    return NextAuth(request as never, context as never, authOptions(realm)) as Promise<Response>;
  },
);

export { handler as GET, handler as POST };
