import type { ActStatement } from '../act';
import { type Committee, NO_COMMITTEE, VOTE_REFUSALS } from './committee';
import type { Delegation } from './delegation';
import type { Opening } from './opening';
import type { Ending, Request } from './standing';

/**
 * Everything that was signed about access to production, put together by rules that need nothing but the signatures. The keyring keeps one
 * and issues certificates by it, so that a row in the database that says "approved" opens nothing; an auditor's verifier builds the same one
 * from an evidence pack. Whoever feeds it has checked each signature first.
 */
export interface Ledger {
  readonly committee: Committee;
  readonly requests: ReadonlyMap<string, Request>;
  /** By session. */
  readonly openings: ReadonlyMap<string, Opening>;
  readonly delegations: ReadonlyMap<string, Delegation>;
}

export const EMPTY_LEDGER: Ledger = {
  committee: NO_COMMITTEE,
  requests: new Map(),
  openings: new Map(),
  delegations: new Map(),
};

/** A statement whose signature was checked. */
export interface Signed {
  readonly act: Pick<ActStatement, 'action' | 'object' | 'terms' | 'verdict' | 'role'>;
  readonly user: string;
  readonly realm: 'customer' | 'staff';
  /** Whether the passkey cannot leave its device. */
  readonly deviceBound: boolean;
  /** Unix seconds of the checker's clock. */
  readonly at: number;
}

/** What happened: a signature, or what needs none because it can only take away. Times are Unix seconds. */
export type Entry =
  | { readonly signed: Signed }
  /** `request` is over at `at`. */
  | { readonly end: { readonly request: string; readonly at: number; readonly why: Ending } }
  /** A delegation is over at `at`. */
  | { readonly undelegate: { readonly delegation: string; readonly at: number } }
  /** Somebody left: their approvals that wait are void, and what they have in hand is over. */
  | { readonly leave: { readonly user: string; readonly at: number } }
  /** An opening was used for a session, or for an observer's token. */
  | { readonly start: { readonly session: string; readonly at: number; readonly token?: string } };

export const GRANT_ACTS = {
  decide: 'committee.decide',
  delegate: 'grant.delegate',
  request: 'grant.request',
  vote: 'grant.vote',
  review: 'grant.review',
  open: 'production.open',
} as const;

export const isGrantAct = (action: string): boolean => Object.values<string>(GRANT_ACTS).includes(action);

export const LEDGER_REFUSALS = [
  ...VOTE_REFUSALS,
  /** The terms, the object or the verdict are none of this act's. */
  'grant.terms',
  /** Signed with a passkey that can be copied to another device. */
  'grant.device_bound',
  /** A customer's passkey, for an act of the staff. */
  'grant.realm',
  'grant.exists',
  'grant.unknown',
  'grant.not_designated',
  /** Of whom the committee has designated for nothing, nobody's voice is lent to. */
  'grant.stand_in',
  /** Another delegation of the same person and role is for the same time. */
  'grant.overlap',
  /** No delegation runs by which this person speaks for the other. */
  'grant.not_delegated',
  /** Of somebody else, or of oneself where it must be another. */
  'grant.person',
  'grant.role',
  'grant.decided',
  'grant.other_terms',
  'grant.voted',
  'grant.review_overdue',
  'grant.not_active',
  'grant.total',
  'grant.target',
] as const;
export type LedgerRefusal = (typeof LEDGER_REFUSALS)[number];

/** What a person can say about what others ask for. */
export const verdictOf = (verdict: string): 'approve' | 'deny' | null =>
  verdict === 'approve' || verdict === 'deny' ? verdict : null;

export const withRequest = (ledger: Ledger, request: Request): Ledger => ({
  ...ledger,
  requests: new Map(ledger.requests).set(request.id, request),
});
