import type { Hash } from '../log';
import { type Committee, designatedUntil } from './committee';
import { customerMinutes, customerOf } from './customer';
import type { Designation } from './decision';
import { type Ledger, type LedgerRefusal, type Signed, verdictOf, withRequest } from './entry';
import { extensionRefusal } from './request';
import { missingOf, type Request, type Standing, standingOf, type Vote } from './standing';
import { covers, type GrantTerms, readGrantTerms } from './terms';

/** What the staff must be designated for to vote in a role. Every other role is a customer's. */
const DESIGNATION_OF: Readonly<Record<string, Designation>> = {
  security: 'security approver',
  'on-call': 'on-call approver',
};

/** Takes a signed approval or refusal of a request. */
export function vote(ledger: Ledger, { act, user, realm, at }: Signed, primitives: Hash): Ledger | LedgerRefusal {
  const asked = ledger.requests.get(act.object);
  const verdict = verdictOf(act.verdict);
  if (!asked) return 'grant.unknown';
  if (!verdict) return 'grant.terms';
  if (user === asked.terms.person) return 'grant.person';
  const minutes = minutesOf(act, asked.terms, primitives);
  if (typeof minutes === 'string') return minutes;
  if (standingOf(asked, at).state !== 'pending') return 'grant.decided';
  const designation = Object.hasOwn(DESIGNATION_OF, act.role) ? DESIGNATION_OF[act.role] : undefined;
  const isAskedFor = asked.terms.approvals.some(({ role }) => role === act.role);
  if (!isAskedFor || (realm === 'staff') !== (designation !== undefined)) return 'grant.role';
  if (designation && designatedUntil(ledger.committee, user, designation, at) === 0) return 'grant.not_designated';
  const request = asOf(ledger.committee, asked, at);
  if (request.votes.some((given) => given.user === user)) return 'grant.voted';
  const given: Vote = { user, role: act.role, verdict, minutes, at };
  return settle(ledger, { ...request, votes: [...request.votes, given] }, at);
}

/** The minutes in what was signed, which is exactly what was asked: of the staff the whole request, of a customer the part made for it. */
function minutesOf({ terms, role }: Signed['act'], asked: GrantTerms, primitives: Hash): number | LedgerRefusal {
  const customer = customerOf(role);
  if (customer === null) {
    const approved = readGrantTerms(terms);
    if (!approved) return 'grant.terms';
    return covers(approved, asked) ? approved.minutes : 'grant.other_terms';
  }
  if (!asked.customers.some(({ organisation }) => organisation === customer)) return 'grant.role';
  return customerMinutes(terms, asked, customer, primitives) ?? 'grant.other_terms';
}

/** Decides a request when its votes do, and moves the end of what an approved extension extends. */
function settle(ledger: Ledger, request: Request, at: number): Ledger | LedgerRefusal {
  const { votes, terms } = request;
  const denials = votes.filter(({ verdict }) => verdict === 'deny').length;
  if (denials >= terms.denials)
    return withRequest(ledger, { ...request, decided: { verdict: 'deny', at, minutes: 0 } });
  if (missingOf(terms.approvals, votes).length > 0) return withRequest(ledger, request);
  const approvals = votes.filter(({ verdict }) => verdict === 'approve');
  const minutes = Math.min(...approvals.map((given) => given.minutes));
  const decided = withRequest(ledger, { ...request, decided: { verdict: 'approve', at, minutes } });
  if (terms.kind !== 'extension') return decided;
  const refusal = extensionRefusal(ledger, terms, minutes, at);
  if (refusal) return refusal;
  const base = ledger.requests.get(terms.extends!)!;
  return withRequest(decided, { ...base, extended: base.extended + minutes });
}

/** A request with the votes that count at `at`: an approval counts for as long as its giver is designated, a refusal stays. */
function asOf(committee: Committee, request: Request, at: number): Request {
  if (request.decided) return request;
  const counts = ({ user, role, verdict }: Vote) => {
    const designation = DESIGNATION_OF[role];
    return verdict === 'deny' || !designation || designatedUntil(committee, user, designation, at) > 0;
  };
  return { ...request, votes: request.votes.filter(counts) };
}

/** Where a request of this ledger stands at `at` (Unix seconds); null when it is unknown. */
export function standingIn(ledger: Ledger, id: string, at: number): Standing | null {
  const request = ledger.requests.get(id);
  return request ? standingOf(asOf(ledger.committee, request, at), at) : null;
}

/** Without the approvals somebody gave to what waits: of one designation, or all. */
export function voidVotes(ledger: Ledger, user: string, as: Designation | null): Ledger {
  const isVoid = (given: Vote) =>
    given.user === user && given.verdict === 'approve' && (as === null || DESIGNATION_OF[given.role] === as);
  const requests = new Map(ledger.requests);
  for (const [id, request] of requests)
    if (!request.decided && request.votes.some(isVoid))
      requests.set(id, { ...request, votes: request.votes.filter((given) => !isVoid(given)) });
  return { ...ledger, requests };
}

/** Takes a signed look at a break-glass, afterwards. Both verdicts count as one: what is found is the database's. */
export function review(ledger: Ledger, { act, user, at }: Signed): Ledger | LedgerRefusal {
  const request = ledger.requests.get(act.object);
  const verdict = verdictOf(act.verdict);
  if (request?.terms.kind !== 'break-glass') return 'grant.unknown';
  if (!verdict) return 'grant.terms';
  if (request.terms.person === user) return 'grant.person';
  if (designatedUntil(ledger.committee, user, 'security approver', at) === 0) return 'grant.not_designated';
  if (request.reviews.some((given) => given.user === user)) return 'grant.voted';
  return withRequest(ledger, { ...request, reviews: [...request.reviews, { user, verdict, at }] });
}
