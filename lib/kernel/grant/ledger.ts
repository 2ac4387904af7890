import type { ActStatement } from '../act';
import {
  type Committee,
  type Designation,
  designatedUntil,
  NO_COMMITTEE,
  readDecision,
  type VoteRefusal,
  voteOn,
  withoutPerson,
} from './committee';
import { type Ending, missingOf, type Request, reviewDue, standingOf, type Vote } from './standing';
import { covers, GRANT_LIMITS, readGrantTerms } from './terms';

/**
 * Everything that was signed about access to production, put together by rules that need nothing but the signatures. The keyring keeps one
 * and issues certificates by it, so that a row in the database that says "approved" opens nothing; an auditor's verifier builds the same one
 * from an evidence pack. Whoever feeds it has checked each signature first.
 */
export interface Ledger {
  readonly committee: Committee;
  readonly requests: ReadonlyMap<string, Request>;
  readonly openings: ReadonlyMap<string, Opening>;
}

export const EMPTY_LEDGER: Ledger = { committee: NO_COMMITTEE, requests: new Map(), openings: new Map() };

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

/** What happened: a signature, or an end, which needs none because it can only take away. */
export type Entry =
  | { readonly signed: Signed }
  /** `request` is over at `at`. */
  | { readonly end: { readonly request: string; readonly at: number; readonly why: Ending } }
  /** Somebody left: votes that wait are void. */
  | { readonly leave: { readonly user: string } }
  /** An opening was used for a session. */
  | { readonly start: { readonly session: string; readonly at: number } };

/** One session of somebody with a grant, confirmed by their passkey for one target and one way in. */
export interface Opening {
  readonly session: string;
  readonly request: string;
  readonly target: string;
  /** `web terminal`, or `key SHA256:…`: who holds that key and nobody else. */
  readonly through: string;
  readonly at: number;
  readonly startedAt: number | null;
}

/** Seconds in which a confirmed session must begin. */
export const OPEN_SECONDS = 120;

export const GRANT_ACTS = {
  decide: 'committee.decide',
  request: 'grant.request',
  vote: 'grant.vote',
  review: 'grant.review',
  open: 'production.open',
} as const;

export const isGrantAct = (action: string): boolean => Object.values<string>(GRANT_ACTS).includes(action);

export type LedgerRefusal =
  | VoteRefusal
  /** The terms are none of this act's. */
  | 'grant.terms'
  | 'grant.device_bound'
  | 'grant.realm'
  | 'grant.exists'
  | 'grant.unknown'
  | 'grant.not_designated'
  /** Of somebody else, or of oneself where it must be another. */
  | 'grant.person'
  | 'grant.role'
  | 'grant.decided'
  | 'grant.other_terms'
  | 'grant.voted'
  | 'grant.review_overdue'
  | 'grant.not_active'
  | 'grant.total'
  | 'grant.target';

const ROLE_OF: Record<string, Designation> = { security: 'security approver', 'on-call': 'on-call approver' };

/** The ledger after one more entry, or why it does not count. */
export function enter(ledger: Ledger, entry: Entry): Ledger | LedgerRefusal {
  if ('signed' in entry) return enterSigned(ledger, entry.signed);
  if ('leave' in entry) return leave(ledger, entry.leave.user);
  if ('start' in entry) {
    const opening = ledger.openings.get(entry.start.session);
    if (!opening || opening.startedAt !== null) return 'grant.unknown';
    return withOpening(ledger, { ...opening, startedAt: entry.start.at });
  }
  const request = ledger.requests.get(entry.end.request);
  if (!request) return 'grant.unknown';
  // The first end is the end: nothing that comes later moves it.
  const { at, why } = entry.end;
  return request.ended && request.ended.at <= at ? ledger : withRequest(ledger, { ...request, ended: { at, why } });
}

function enterSigned(ledger: Ledger, signed: Signed): Ledger | LedgerRefusal {
  const { action } = signed.act;
  if (signed.realm === 'staff' && !signed.deviceBound) return 'grant.device_bound';
  if (signed.realm === 'customer' && action !== GRANT_ACTS.vote) return 'grant.realm';
  switch (action) {
    case GRANT_ACTS.decide:
      return decide(ledger, signed);
    case GRANT_ACTS.request:
      return ask(ledger, signed);
    case GRANT_ACTS.vote:
      return vote(ledger, signed);
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
  if (!decision || !verdict) return 'grant.terms';
  const committee = voteOn(ledger.committee, { id: act.object, decision, user, verdict }, at);
  return typeof committee === 'string' ? committee : { ...ledger, committee };
}

function ask(ledger: Ledger, { act, user, at }: Signed): Ledger | LedgerRefusal {
  const terms = readGrantTerms(act.terms);
  if (!terms || act.verdict !== 'confirm' || terms.decideBy <= at) return 'grant.terms';
  if (terms.person !== user) return 'grant.person';
  if (ledger.requests.has(act.object)) return 'grant.exists';
  const as = terms.kind === 'break-glass' ? 'break-glass' : 'authorised employee';
  const until = designatedUntil(ledger.committee, user, as, at);
  if (until === 0) return 'grant.not_designated';
  const overdue = [...ledger.requests.values()].some(
    (other) => other.terms.person === user && (reviewDue(other) ?? at) < at,
  );
  if (overdue) return 'grant.review_overdue';
  if (terms.kind === 'extension') {
    const refusal = extensionRefusal(ledger, terms.extends!, { ...terms, at });
    if (refusal) return refusal;
  }
  const decided = terms.kind === 'break-glass' ? ({ verdict: 'approve', at, minutes: terms.minutes } as const) : null;
  return withRequest(ledger, {
    ...{ id: act.object, terms, askedAt: at, votes: [], decided, ended: null, extended: 0, until, reviews: [] },
  });
}

function vote(ledger: Ledger, { act, user, realm, at }: Signed): Ledger | LedgerRefusal {
  const request = ledger.requests.get(act.object);
  const approved = readGrantTerms(act.terms);
  const verdict = verdictOf(act.verdict);
  if (!request) return 'grant.unknown';
  if (!approved || !verdict) return 'grant.terms';
  if (!covers(approved, request.terms)) return 'grant.other_terms';
  if (user === request.terms.person) return 'grant.person';
  if (standingOf(request, at).state !== 'pending') return 'grant.decided';
  if (!request.terms.approvals.some(({ role }) => role === act.role)) return 'grant.role';
  const designation = ROLE_OF[act.role];
  if ((realm === 'staff') !== (designation !== undefined)) return 'grant.role';
  if (designation && designatedUntil(ledger.committee, user, designation, at) === 0) return 'grant.not_designated';
  if (request.votes.some((given) => given.user === user)) return 'grant.voted';

  const votes: Vote[] = [...request.votes, { user, role: act.role, verdict, minutes: approved.minutes, at }];
  return settle(ledger, { ...request, votes }, at);
}

/** Decides a request when its votes do, and moves the end of what an approved extension extends. */
function settle(ledger: Ledger, request: Request, at: number): Ledger | LedgerRefusal {
  const { votes, terms } = request;
  const denials = votes.filter(({ verdict }) => verdict === 'deny').length;
  if (denials >= terms.denials)
    return withRequest(ledger, { ...request, decided: { verdict: 'deny', at, minutes: 0 } });
  if (missingOf(terms.approvals, votes).length > 0) return withRequest(ledger, request);
  const approvals = votes.filter(({ verdict }) => verdict === 'approve');
  const minutes = Math.min(terms.minutes, ...approvals.map((given) => given.minutes));
  const decided = withRequest(ledger, { ...request, decided: { verdict: 'approve', at, minutes } });
  if (terms.kind !== 'extension') return decided;
  const refusal = extensionRefusal(ledger, terms.extends!, { ...terms, minutes, at });
  if (refusal) return refusal;
  const base = ledger.requests.get(terms.extends!)!;
  return withRequest(decided, { ...base, extended: base.extended + minutes });
}

/** An extension is of the same person's grant, reaches nothing more, and comes while it runs. */
function extensionRefusal(
  ledger: Ledger,
  id: string,
  of: {
    person: string;
    targets: readonly string[];
    command: string | null;
    files: boolean;
    minutes: number;
    at: number;
  },
): LedgerRefusal | null {
  const base = ledger.requests.get(id);
  if (!base || base.terms.person !== of.person) return 'grant.unknown';
  const { targets, command, files, kind } = base.terms;
  if (kind !== 'access' || targets.join() !== of.targets.join() || command !== of.command || files !== of.files)
    return 'grant.other_terms';
  if (standingOf(base, of.at).state !== 'active') return 'grant.not_active';
  return base.decided!.minutes + base.extended + of.minutes > GRANT_LIMITS.total ? 'grant.total' : null;
}

function review(ledger: Ledger, { act, user, at }: Signed): Ledger | LedgerRefusal {
  const request = ledger.requests.get(act.object);
  const verdict = verdictOf(act.verdict);
  if (request?.terms.kind !== 'break-glass') return 'grant.unknown';
  if (!verdict) return 'grant.terms';
  if (request.terms.person === user) return 'grant.person';
  if (designatedUntil(ledger.committee, user, 'security approver', at) === 0) return 'grant.not_designated';
  if (request.reviews.some((given) => given.user === user)) return 'grant.voted';
  return withRequest(ledger, { ...request, reviews: [...request.reviews, { user, verdict, at }] });
}

function open(ledger: Ledger, { act, user, at }: Signed): Ledger | LedgerRefusal {
  const request = ledger.requests.get(act.object);
  const { Session: session = '', Target: target = '', Through: through = '' } = Object.fromEntries(act.terms);
  if (!request) return 'grant.unknown';
  if (act.verdict !== 'confirm' || !/^ssn_[0-9a-f]{32}$/.test(session)) return 'grant.terms';
  if (!/^(?:web terminal|key SHA256:[A-Za-z0-9+/]{43})$/.test(through)) return 'grant.terms';
  if (request.terms.person !== user) return 'grant.person';
  if (!request.terms.targets.includes(target)) return 'grant.target';
  if (standingOf(request, at).state !== 'active') return 'grant.not_active';
  if (ledger.openings.has(session)) return 'grant.exists';
  return withOpening(ledger, { session, request: act.object, target, through, at, startedAt: null });
}

/** Whether a session may begin now on an opening. The opening is used up by an entry `start`. */
export function mayStart(ledger: Ledger, session: string, now: number): Opening | LedgerRefusal {
  const opening = ledger.openings.get(session);
  if (!opening || opening.startedAt !== null || now >= opening.at + OPEN_SECONDS) return 'grant.unknown';
  const request = ledger.requests.get(opening.request);
  return request && standingOf(request, now).state === 'active' ? opening : 'grant.not_active';
}

function leave(ledger: Ledger, user: string): Ledger {
  const requests = new Map(ledger.requests);
  for (const [id, request] of requests)
    if (!request.decided) requests.set(id, { ...request, votes: request.votes.filter((given) => given.user !== user) });
  return { ...ledger, committee: withoutPerson(ledger.committee, user), requests };
}

const verdictOf = (verdict: string): 'approve' | 'deny' | null =>
  verdict === 'approve' || verdict === 'deny' ? verdict : null;

const withRequest = (ledger: Ledger, request: Request): Ledger => ({
  ...ledger,
  requests: new Map(ledger.requests).set(request.id, request),
});

const withOpening = (ledger: Ledger, opening: Opening): Ledger => ({
  ...ledger,
  openings: new Map(ledger.openings).set(opening.session, opening),
});
