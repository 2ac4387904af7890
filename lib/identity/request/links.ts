import 'server-only';
import { identityConfig } from '../config';
import { hashSecret, newSecret } from '../sessions/secrets';
import type { Realm } from './origins';

/**
 * A link with a secret of its own. The secret stands in the fragment, which browsers send to no server and put in no Referer; the database gets its
 * hash. `link` is given out once.
 */
export function newLink(realm: Realm, path: `/${string}`): { link: string; secretHash: Uint8Array<ArrayBuffer> } {
  const secret = newSecret();
  return { link: `${identityConfig().origins[realm]}${path}#${secret}`, secretHash: hashSecret(secret) };
}

/** What a browser holds, in a cookie, once it has opened such a link. */
export function newViewSecret(): { secret: string; hash: Uint8Array<ArrayBuffer> } {
  const secret = newSecret();
  return { secret, hash: hashSecret(secret) };
}
