import { authzErrors } from '@/lib/authz';
import { cookieSecret, guarded, requestRealm } from '@/lib/identity';
import { watchResponse } from '@/lib/notices';

/**
 * The stream by which open pages learn that their session is over. It asks for the session itself, because a guard that looks the
 * session up would count as being seen, and an open page would keep its session alive for ever.
 */
export const GET = guarded(
  { public: { why: 'Takes the session’s own cookie and says whether it still lives, without keeping it alive.' } },
  async (_nobody, request: Request): Promise<Response> => {
    const realm = await requestRealm();
    const secret = await cookieSecret(realm);
    const answer = secret ? await watchResponse(secret, realm, request.signal) : null;
    if (!answer) throw authzErrors('authz.not_signed_in');
    return answer;
  },
);
