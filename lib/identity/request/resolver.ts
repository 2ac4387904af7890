import 'server-only';
import { setPrincipalResolver } from '@/lib/authz';
import { currentPrincipal } from './principal';
import * as store from './store';
import { keyHolderHere, memberHere, staffHere } from './threshold';

/**
 * Tells lib/authz who asks. The database decides in each case: the session's row, the membership or the key at this moment.
 * Unknown organisations throw `organisation.not_found`, bad keys `key.invalid`; sessions good for no work `session.factor_required`
 * (opened with recovery codes) and `session.passkey_required` (staff without a passkey); whom an access policy turns away, `policy.*`.
 */
setPrincipalResolver(async ({ realm, organisationId, request, act = '' }) => {
  if (realm === 'api') {
    const key = /^Bearer ([\x21-\x7e]{16,256})$/.exec(request?.headers.get('authorization') ?? '')?.[1];
    return key ? { ...(await keyHolderHere(key, act, request)), key } : null;
  }
  const principal = await currentPrincipal();
  if (principal?.aal !== 2) return null;
  const { secret } = principal;
  switch (realm) {
    case 'customer':
      return organisationId ? { ...(await memberHere(principal, organisationId, act)), secret } : null;
    case 'staff':
      return principal.realm === 'staff' ? { ...(await staffHere(principal, act)), secret } : null;
    case 'person':
      return { ...(await store.enterPerson(secret)), secret };
  }
});
