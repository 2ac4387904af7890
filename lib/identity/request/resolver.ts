import 'server-only';
import { setPrincipalResolver } from '@/lib/authz';
import * as store from '../store';
import { currentPrincipal } from './principal';

/**
 * Tells lib/authz who asks. The database decides in each case: the session's row, the membership or the key at this moment.
 * Unknown organisations throw `organisation.not_found`, bad keys `key.invalid`.
 */
setPrincipalResolver(async ({ realm, organisationId, request }) => {
  if (realm === 'api') {
    const key = /^Bearer ([\x21-\x7e]{16,256})$/.exec(request?.headers.get('authorization') ?? '')?.[1];
    return key ? { ...(await store.enterApiKey(key)), key } : null;
  }
  const principal = await currentPrincipal();
  if (principal?.aal !== 2) return null;
  const { secret } = principal;
  switch (realm) {
    case 'customer':
      return organisationId ? { ...(await store.enterMember(secret, organisationId)), secret } : null;
    case 'staff':
      return principal.realm === 'staff' ? { ...(await store.enterStaff(secret)), secret } : null;
    case 'person':
      return { ...(await store.enterPerson(secret)), secret };
  }
});
