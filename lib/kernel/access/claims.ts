import { GRANT_ACTS } from '../grant';
import { type AccessEvent, textOf } from './events';
import type { AccessFault } from './faults';
import { grouped } from './group';
import type { Judged } from './signed';

/** Events that say that somebody agreed to something, and the act that each of them has to have been. */
const CLAIMS: Readonly<Record<string, string>> = {
  'committee.voted@1': GRANT_ACTS.decide,
  'grant.delegated@1': GRANT_ACTS.delegate,
  'grant.requested@1': GRANT_ACTS.request,
  'grant.voted@1': GRANT_ACTS.vote,
  'grant.reviewed@1': GRANT_ACTS.review,
  'production.opened@1': GRANT_ACTS.open,
};

/** What the log says was agreed to, and holds no confirmation of. Confirmations that do not hold are somebody else's to name. */
export function unsignedIn(
  events: readonly AccessEvent[],
  signed: readonly Judged[],
): (AccessFault & { object: string })[] {
  const byObject = grouped(signed, ({ object }) => object);
  return events.flatMap((event) => {
    const action = Object.hasOwn(CLAIMS, event.schema) ? CLAIMS[event.schema]! : null;
    if (action === null || (byObject.get(event.objectId) ?? []).some((one) => isOf(one, action, event))) return [];
    const { objectId: object, index } = event;
    return [{ object, code: 'approval.missing' as const, index, detail: `there is no confirmation of ${action}` }];
  });
}

function isOf({ action, actor, verdict, act }: Judged, wanted: string, event: AccessEvent): boolean {
  if (action !== wanted || actor !== event.actor) return false;
  if (event.schema === 'production.opened@1')
    return !act || act.terms.some(([name, value]) => name === 'Session' && value === textOf(event.details, 'session'));
  return (
    event.schema === 'grant.requested@1' ||
    event.schema === 'grant.delegated@1' ||
    verdict === textOf(event.details, 'verdict')
  );
}
