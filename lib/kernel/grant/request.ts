import { designatedUntil } from './committee';
import type { Designation } from './decision';
import { type Ledger, type LedgerRefusal, type Signed, withRequest } from './entry';
import { type Request, reviewDue, standingOf } from './standing';
import { GRANT_LIMITS, type GrantTerms, readGrantTerms } from './terms';
import { isId } from './words';

/** What somebody must be designated for to ask for this. */
export const askedAs = ({ kind }: GrantTerms): Designation =>
  kind === 'break-glass' ? 'break-glass' : 'authorised employee';

/** Takes a signed request. A break-glass is decided by asking. */
export function ask(ledger: Ledger, { act, user, at }: Signed): Ledger | LedgerRefusal {
  const terms = readGrantTerms(act.terms);
  if (!terms || !isId('grt', act.object) || act.verdict !== 'confirm' || !isSoon(terms, at)) return 'grant.terms';
  if (terms.person !== user) return 'grant.person';
  if (ledger.requests.has(act.object)) return 'grant.exists';
  const until = designatedUntil(ledger.committee, user, askedAs(terms), at);
  if (until <= (terms.startsAt ?? at)) return 'grant.not_designated';
  if (isReviewOverdue(ledger, user, at)) return 'grant.review_overdue';
  if (terms.kind === 'extension') {
    const refusal = extensionRefusal(ledger, terms, terms.minutes, at);
    if (refusal) return refusal;
  }
  const decided = terms.kind === 'break-glass' ? ({ verdict: 'approve', at, minutes: terms.minutes } as const) : null;
  const request: Request = {
    ...{ id: act.object, terms, askedAt: at, votes: [], decided, ended: null, extended: 0, until, reviews: [] },
  };
  return withRequest(ledger, request);
}

/** Nothing waits for ever. */
const isSoon = ({ decideBy, startsAt }: GrantTerms, at: number): boolean =>
  at < decideBy && decideBy <= at + GRANT_LIMITS.decideSeconds && (startsAt ?? at) <= at + GRANT_LIMITS.startSeconds;

/** Whether somebody's break-glass should have been looked at by now: until it was, they ask for nothing more. */
const isReviewOverdue = ({ requests }: Ledger, user: string, at: number): boolean =>
  [...requests.values()].some((other) => other.terms.person === user && (reviewDue(other) ?? at) < at);

/**
 * An extension is of the same person's grant, reaches nothing more, needs whoever had to agree to that one, and comes while it runs. `minutes` is
 * what was asked for, or approved.
 */
export function extensionRefusal(
  ledger: Ledger,
  extension: GrantTerms,
  minutes: number,
  at: number,
): LedgerRefusal | null {
  const base = ledger.requests.get(extension.extends!);
  if (base?.terms.person !== extension.person) return 'grant.unknown';
  const { targets, command, files, kind, approvals, customers } = base.terms;
  const same =
    kind === 'access' &&
    targets.join() === extension.targets.join() &&
    command === extension.command &&
    files === extension.files;
  const asMany = approvals.every(({ role, count }) =>
    extension.approvals.some((need) => need.role === role && need.count >= count),
  );
  const asFar = customers.every(({ organisation, targets: held }) =>
    extension.customers.some(
      (share) => share.organisation === organisation && held.every((target) => share.targets.includes(target)),
    ),
  );
  if (!same || !asMany || !asFar) return 'grant.other_terms';
  if (standingOf(base, at).state !== 'active') return 'grant.not_active';
  return base.decided!.minutes + base.extended + minutes > GRANT_LIMITS.total ? 'grant.total' : null;
}
