import type { Terms } from '../act';
import { type Committee, designatedUntil } from './committee';
import { DESIGNATIONS, type Designation } from './decision';
import type { Ledger, LedgerRefusal, Signed } from './entry';
import { sameTerms } from './terms';
import { inRange, isId, isTime, readTime, timeText } from './words';

/**
 * Somebody who answers for security or on call lends that voice to another while they are away. It lends one voice and makes none: whoever votes
 * by delegation uses up their own vote on the request and the other's.
 */
export interface DelegationTerms {
  readonly role: DelegatedRole;
  /** `usr_…`: who votes for the one who signs this. */
  readonly to: string;
  /** Unix seconds. It runs from then, or from when it was signed, to before `until`. */
  readonly from: number;
  readonly until: number;
}

export interface Delegation extends DelegationTerms {
  readonly id: string;
  /** Whose voice it is: who signed it. */
  readonly by: string;
  /** Unix seconds. */
  readonly at: number;
  /** When it was ended before its time (Unix seconds). */
  readonly ended: number | null;
}

/** What the staff must be designated for to vote in a role. Every other role is a customer's. */
export const DESIGNATION_OF: Readonly<Record<string, Designation>> = {
  security: 'security approver',
  'on-call': 'on-call approver',
};

export const DELEGATED_ROLES = ['security', 'on-call'] as const;
export type DelegatedRole = (typeof DELEGATED_ROLES)[number];

/** How long one lasts, and how far ahead it begins: nobody hands their duties over for good. */
export const DELEGATION_LIMITS = { seconds: 14 * 86_400, aheadSeconds: 30 * 86_400 } as const;

/** What is shown and signed. Throws `RangeError` for what is no delegation. */
export function delegationTerms(terms: DelegationTerms): Terms {
  if (!isDelegation(terms)) throw new RangeError('delegation terms');
  return [
    ['Role', terms.role],
    ['To', terms.to],
    ['From', timeText(terms.from)],
    ['Until', timeText(terms.until)],
  ];
}

/** The delegation that terms stand for, or null when `delegationTerms` would not have written them so. */
export function readDelegation(terms: Terms): DelegationTerms | null {
  const of = Object.fromEntries(terms);
  const read = {
    ...{ role: of.Role, to: of.To },
    ...{ from: readTime(of.From ?? '') ?? 0, until: readTime(of.Until ?? '') ?? 0 },
  } as DelegationTerms;
  return isDelegation(read) && sameTerms(delegationTerms(read), terms) ? read : null;
}

const isDelegation = ({ role, to, from, until }: DelegationTerms): boolean =>
  DELEGATED_ROLES.includes(role) &&
  isId('usr', to) &&
  isTime(from) &&
  isTime(until) &&
  inRange(until - from, 1, DELEGATION_LIMITS.seconds);

/** The role that a statement of the staff names, and for whom it speaks: `security`, or `security for usr_…`. */
export function voiceOf(role: string): { role: string; of: string | null } {
  const [, base, of] = /^(security|on-call) for (usr_[0-9a-f]{32})$/.exec(role) ?? [];
  return base && of ? { role: base, of } : { role, of: null };
}

/** The role of a statement by which somebody votes for another. */
export const delegatedRole = (role: DelegatedRole, of: string): string => `${role} for ${of}`;

/** Takes a signed delegation. What is lent is a designation of one's own, so that nobody lends on what was lent to them. */
export function delegate(ledger: Ledger, { act, user, at }: Signed): Ledger | LedgerRefusal {
  const terms = readDelegation(act.terms);
  if (!terms || !isId('dlg', act.object) || act.verdict !== 'confirm' || !isAhead(terms, at)) return 'grant.terms';
  if (terms.to === user) return 'grant.person';
  if (ledger.delegations.has(act.object)) return 'grant.exists';
  if (designatedUntil(ledger.committee, user, DESIGNATION_OF[terms.role]!, at) === 0) return 'grant.not_designated';
  if (!holdsAny(ledger.committee, terms.to, at)) return 'grant.stand_in';
  const overlaps = (one: Delegation) =>
    one.by === user && one.role === terms.role && !isOver(one, at) && one.from < terms.until && terms.from < one.until;
  if ([...ledger.delegations.values()].some(overlaps)) return 'grant.overlap';
  return withDelegation(ledger, { ...terms, id: act.object, by: user, at, ended: null });
}

const isAhead = ({ from, until }: DelegationTerms, at: number): boolean =>
  at < until && from <= at + DELEGATION_LIMITS.aheadSeconds;

/** Ends one before its time; without effect when it is over. Needs no signature: it only takes away. */
export function undelegate(ledger: Ledger, id: string, at: number): Ledger | LedgerRefusal {
  const delegation = ledger.delegations.get(id);
  if (!delegation) return 'grant.unknown';
  return isOver(delegation, at) ? ledger : withDelegation(ledger, { ...delegation, ended: at });
}

/**
 * Ends what somebody who left, or lost designations, has lent or was lent: of one role where `role` says so. It does not begin again when they
 * are designated anew.
 */
export function withoutDelegations(ledger: Ledger, user: string, role: string | null, at: number): Ledger {
  const isTheirs = (one: Delegation) =>
    (one.by === user && (role ?? one.role) === one.role) || (role === null && one.to === user);
  const ids = [...ledger.delegations.values()].filter((one) => isTheirs(one) && !isOver(one, at)).map(({ id }) => id);
  return ids.reduce((next, id) => undelegate(next, id, at) as Ledger, ledger);
}

/** The delegation by which `user` may speak for `of` at `at` (Unix seconds); null when there is none. */
export const delegationTo = (ledger: Ledger, user: string, of: string, role: string, at: number): Delegation | null =>
  [...ledger.delegations.values()].find(
    (one) => one.to === user && one.by === of && one.role === role && runs(ledger, one, at),
  ) ?? null;

/** Whether a delegation gives a voice at `at`: within its time, of whom the committee has designated, to somebody it knows. */
export const runs = ({ committee }: Ledger, one: Delegation, at: number): boolean =>
  Math.max(one.from, one.at) <= at &&
  !isOver(one, at) &&
  designatedUntil(committee, one.by, DESIGNATION_OF[one.role]!, at) > 0 &&
  holdsAny(committee, one.to, at);

/** When it is over for good, unless it was before (Unix seconds). */
export const delegationEnd = ({ ended, until }: Delegation): number => Math.min(ended ?? until, until);

const isOver = (one: Delegation, at: number): boolean => delegationEnd(one) <= at;

/** Whether the committee has designated somebody for anything. */
export const holdsAny = (committee: Committee, person: string, at: number): boolean =>
  DESIGNATIONS.some((as) => designatedUntil(committee, person, as, at) > 0);

const withDelegation = (ledger: Ledger, one: Delegation): Ledger => ({
  ...ledger,
  delegations: new Map(ledger.delegations).set(one.id, one),
});
