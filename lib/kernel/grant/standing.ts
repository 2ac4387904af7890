import type { GrantTerms, Need } from './terms';

/** One request and what was signed about it. Times are Unix seconds of the clock of whoever checked the signatures. */
export interface Request {
  readonly id: string;
  readonly terms: GrantTerms;
  readonly askedAt: number;
  /** The approvals and refusals that count, in their order, one per person. */
  readonly votes: readonly Vote[];
  /** Set by the vote that decided, or by asking where nobody needs to agree. */
  readonly decided: Decided | null;
  /** Of an extension: the end it moved, so that replaying in another order gives nothing else. */
  readonly ended: Ended | null;
  /** Minutes that extensions added. */
  readonly extended: number;
  /** No longer than this, whatever was approved: the person's designation lapses. */
  readonly until: number;
  /** Who looked at a break-glass afterwards. */
  readonly reviews: readonly Review[];
}

export interface Vote {
  readonly user: string;
  readonly role: string;
  readonly verdict: 'approve' | 'deny';
  readonly minutes: number;
  readonly at: number;
}

export interface Decided {
  readonly verdict: 'approve' | 'deny';
  readonly at: number;
  /** The fewest minutes that anybody approved; 0 when it was refused. */
  readonly minutes: number;
}

export interface Review {
  readonly user: string;
  readonly verdict: 'approve' | 'deny';
  readonly at: number;
}

export const ENDINGS = ['returned', 'revoked', 'locked', 'lapsed', 'withdrawn', 'unused'] as const;
export type Ending = (typeof ENDINGS)[number];
export interface Ended {
  readonly at: number;
  readonly why: Ending;
}

export type State = 'pending' | 'denied' | 'undecided' | 'scheduled' | 'active' | 'ended' | 'withdrawn';

export interface Standing {
  readonly state: State;
  /** Unix seconds; null while it is not approved. */
  readonly startsAt: number | null;
  /** When everything of the grant ends: the one deadline, out of all that limits it. */
  readonly deadline: number | null;
  /** Why it ended: `expired` when its time was over. */
  readonly why: Ending | 'expired' | null;
  /** Approvals that are missing. */
  readonly missing: readonly Need[];
}

/** Seconds after which a break-glass must have been looked at by two others. */
export const REVIEW_SECONDS = 86_400;
export const REVIEWERS = 2;

/** Where a request stands at `now` (Unix seconds). The same for everybody who holds the same signatures. */
export function standingOf(request: Request, now: number): Standing {
  const { terms, decided, ended } = request;
  const nothing = { startsAt: null, deadline: null, why: null, missing: [] };
  if (decided?.verdict === 'deny') return { ...nothing, state: 'denied' };
  if (!decided) {
    if (ended && ended.at <= now) return { ...nothing, state: 'withdrawn', why: ended.why };
    if (now >= terms.decideBy) return { ...nothing, state: 'undecided' };
    return { ...nothing, state: 'pending', missing: missingOf(terms.approvals, request.votes) };
  }
  const startsAt = Math.max(decided.at, terms.startsAt ?? 0);
  const full = Math.min(startsAt + (decided.minutes + request.extended) * 60, request.until);
  const deadline = ended ? Math.min(full, Math.max(ended.at, startsAt)) : full;
  const common = { startsAt, deadline, missing: [] };
  if (ended && ended.at <= now) return { ...common, state: 'ended', why: ended.at < full ? ended.why : 'expired' };
  if (now < startsAt) return { ...common, state: 'scheduled', why: null };
  return now < deadline ? { ...common, state: 'active', why: null } : { ...common, state: 'ended', why: 'expired' };
}

/** What is still missing when these have voted. */
export const missingOf = (needs: readonly Need[], votes: readonly Vote[]): Need[] =>
  needs.flatMap(({ role, count }) => {
    const given = votes.filter((vote) => vote.role === role && vote.verdict === 'approve').length;
    return given < count ? [{ role, count: count - given }] : [];
  });

/** Unix seconds by which a break-glass must have been looked at; null where nothing is due any more. */
export function reviewDue(request: Request): number | null {
  const { kind } = request.terms;
  if (kind !== 'break-glass' || request.reviews.length >= REVIEWERS) return null;
  return request.askedAt + REVIEW_SECONDS;
}
