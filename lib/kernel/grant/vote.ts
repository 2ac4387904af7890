import type { Hash } from '../log';
import { designatedUntil } from './committee';
import { customerMinutes, customerOf } from './customer';
import type { Designation } from './decision';
import { DESIGNATION_OF, type Delegation, delegationTo, runs, voiceOf } from './delegation';
import { type Ledger, type LedgerRefusal, type Signed, verdictOf, withRequest } from './entry';
import { extensionRefusal } from './request';
import { missingOf, type Request, type Standing, standingOf, type Vote } from './standing';
import { covers, type GrantTerms, readGrantTerms } from './terms';

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
  const { role, of } = voiceOf(act.role);
  const designation = Object.hasOwn(DESIGNATION_OF, role) ? DESIGNATION_OF[role] : undefined;
  const isAskedFor = asked.terms.approvals.some((need) => need.role === role);
  if (!isAskedFor || (realm === 'staff') !== (designation !== undefined)) return 'grant.role';
  const by = of === null ? null : lentVoice(ledger, asked, { user, of, role, verdict }, at);
  if (typeof by === 'string') return by;
  if (designation && !by && designatedUntil(ledger.committee, user, designation, at) === 0)
    return 'grant.not_designated';
  const request = asOf(ledger, asked, at);
  const given: Vote = { user, role, verdict, minutes, at, delegated: by && { by: by.by, id: by.id } };
  if (request.votes.some((other) => voices(other).some((one) => voices(given).includes(one)))) return 'grant.voted';
  return settle(ledger, { ...request, votes: [...request.votes, given] }, at);
}

/** Whose votes on a request one vote uses up: of whoever gave it, and of whom it was given for. */
const voices = ({ user, delegated }: Vote): string[] => (delegated ? [user, delegated.by] : [user]);

/**
 * The delegation by which somebody votes for another. Never for the person of the request, and no approval with anybody's voice by whom that
 * person has lent their own: what goes round in a circle agrees to nothing. Refusing is open to them, so that lending a voice silences nobody.
 */
function lentVoice(
  ledger: Ledger,
  { terms: { person } }: Request,
  { user, of, role, verdict }: { user: string; of: string; role: string; verdict: 'approve' | 'deny' },
  at: number,
): Delegation | LedgerRefusal {
  if (of === person) return 'grant.person';
  const delegation = delegationTo(ledger, user, of, role, at);
  if (!delegation) return 'grant.not_delegated';
  const owes = [...ledger.delegations.values()].some(
    (one) => one.by === person && one.to === user && runs(ledger, one, at),
  );
  return owes && verdict === 'approve' ? 'grant.person' : delegation;
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

/**
 * A request with the votes that count at `at`: an approval counts for as long as its giver is designated, or the delegation runs by which it was
 * given; a refusal stays.
 */
function asOf(ledger: Ledger, request: Request, at: number): Request {
  if (request.decided) return request;
  const counts = ({ user, role, verdict, delegated, at: given }: Vote) => {
    const designation = DESIGNATION_OF[role];
    if (verdict === 'deny' || !designation) return true;
    if (!delegated) return designatedUntil(ledger.committee, user, designation, at) > 0;
    const delegation = ledger.delegations.get(delegated.id);
    // Not a later one, under an id that was forgotten.
    return delegation !== undefined && delegation.at <= given && runs(ledger, delegation, at);
  };
  return { ...request, votes: request.votes.filter(counts) };
}

/** Where a request of this ledger stands at `at` (Unix seconds); null when it is unknown. */
export function standingIn(ledger: Ledger, id: string, at: number): Standing | null {
  const request = ledger.requests.get(id);
  return request ? standingOf(asOf(ledger, request, at), at) : null;
}

/** Without the approvals that somebody gave to what waits, or another for them: of one designation, or all. */
export function voidVotes(ledger: Ledger, user: string, as: Designation | null): Ledger {
  const isVoid = (given: Vote) =>
    given.verdict === 'approve' &&
    (as === null
      ? voices(given).includes(user)
      : (given.delegated?.by ?? given.user) === user && DESIGNATION_OF[given.role] === as);
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
