import type { Hash } from '../log';
import { designatedUntil, voteOn, withoutPastDecisions, withoutPerson } from './committee';
import { type Designation, readDecision } from './decision';
import {
  DELEGATED_ROLES,
  DESIGNATION_OF,
  delegate,
  delegationEnd,
  holdsAny,
  undelegate,
  withoutDelegations,
} from './delegation';
import { type Entry, GRANT_ACTS, type Ledger, type LedgerRefusal, type Signed, verdictOf, withRequest } from './entry';
import { OPEN_SECONDS, open, start } from './opening';
import { ask, askedAs } from './request';
import { type Ending, overSince, type Request, standingOf } from './standing';
import { review, voidVotes, vote } from './vote';
import { isId } from './words';

/** The ledger after one more entry, or why it does not count. Gives the same ledger where nothing changes. */
export function enter(ledger: Ledger, entry: Entry, primitives: Hash): Ledger | LedgerRefusal {
  if ('signed' in entry) return enterSigned(ledger, entry.signed, primitives);
  if ('start' in entry) return start(ledger, entry.start.session, entry.start.at, entry.start.token);
  if ('undelegate' in entry) return undelegate(ledger, entry.undelegate.delegation, entry.undelegate.at);
  if ('leave' in entry) return leave(ledger, entry.leave.user, entry.leave.at);
  const request = ledger.requests.get(entry.end.request);
  return request ? withEnd(ledger, request, entry.end.at, entry.end.why) : 'grant.unknown';
}

/** All that is signed about production is the staff's, with a passkey that stays on its device, except for votes of customers. */
function enterSigned(ledger: Ledger, signed: Signed, primitives: Hash): Ledger | LedgerRefusal {
  const { action } = signed.act;
  if (signed.realm === 'staff' && !signed.deviceBound) return 'grant.device_bound';
  if (signed.realm === 'customer' && action !== GRANT_ACTS.vote) return 'grant.realm';
  switch (action) {
    case GRANT_ACTS.decide:
      return decide(ledger, signed);
    case GRANT_ACTS.delegate:
      return delegate(ledger, signed);
    case GRANT_ACTS.request:
      return ask(ledger, signed);
    case GRANT_ACTS.vote:
      return vote(ledger, signed, primitives);
    case GRANT_ACTS.review:
      return review(ledger, signed);
    case GRANT_ACTS.open:
      return open(ledger, signed);
    default:
      return 'grant.terms';
  }
}

function decide(ledger: Ledger, { act, user, at }: Signed): Ledger | LedgerRefusal {
  const decision = readDecision(act.terms);
  const verdict = verdictOf(act.verdict);
  if (!decision || !verdict || !isId('cmd', act.object)) return 'grant.terms';
  const committee = voteOn(ledger.committee, { id: act.object, decision, user, verdict }, at);
  if (typeof committee === 'string') return committee;
  const decided = lapse({ ...ledger, committee }, at);
  const isWithdrawn = decision.kind === 'withdraw' && committee.held.size < ledger.committee.held.size;
  return isWithdrawn ? without(decided, decision.person, decision.as, at) : decided;
}

/** What somebody gave or lent by a designation goes with it; what was lent to them, with their last one. */
function without(ledger: Ledger, person: string, as: Designation, at: number): Ledger {
  if (!holdsAny(ledger.committee, person, at))
    return voidVotes(withoutDelegations(ledger, person, null, at), person, null);
  const role = DELEGATED_ROLES.find((one) => DESIGNATION_OF[one] === as);
  return voidVotes(role ? withoutDelegations(ledger, person, role, at) : ledger, person, as);
}

function leave(ledger: Ledger, user: string, at: number): Ledger {
  const left = withoutDelegations({ ...ledger, committee: withoutPerson(ledger.committee, user) }, user, null, at);
  return lapse(voidVotes(left, user, null), at);
}

/** What somebody may no longer ask for ends with their designation. It never moves an end back. */
function lapse(ledger: Ledger, at: number): Ledger {
  let next = ledger;
  for (const request of ledger.requests.values()) {
    const { person } = request.terms;
    const until = designatedUntil(ledger.committee, person, askedAs(request.terms), at);
    if (until === 0) next = withEnd(next, request, at, 'lapsed');
    else if (until < request.until) next = withRequest(next, { ...request, until });
  }
  return next;
}

/** The earliest end is the end: nothing moves it to later. What was over by then stays as it ended. */
function withEnd(ledger: Ledger, request: Request, at: number, why: Ending): Ledger {
  const { state } = standingOf(request, at);
  const goesOn = state === 'pending' || state === 'scheduled' || state === 'active';
  return goesOn ? withRequest(ledger, { ...request, ended: { at, why } }) : ledger;
}

/** Seconds for which what is over is kept, so that everybody who shows it has seen its end. */
export const KEPT_SECONDS = 7 * 86_400;

/** The ledger without what can have no effect any more. Whatever is entered from `now` (Unix seconds) on counts as it would have. */
export function forget(ledger: Ledger, now: number): Ledger {
  const isKept = (request: Request) => {
    const since = overSince(request, now);
    return since === null || now < since + KEPT_SECONDS;
  };
  const requests = new Map([...ledger.requests].filter(([, request]) => isKept(request)));
  const openings = [...ledger.openings].filter(
    ([, { request, startedAt, at }]) => requests.has(request) && (startedAt !== null || now < at + OPEN_SECONDS),
  );
  const delegations = [...ledger.delegations].filter(([, one]) => now < delegationEnd(one) + KEPT_SECONDS);
  return {
    committee: withoutPastDecisions(ledger.committee, now),
    ...{ requests, openings: new Map(openings), delegations: new Map(delegations) },
  };
}
