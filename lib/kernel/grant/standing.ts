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
  /** An end before its time. */
  readonly ended: Ended | null;
  /** Minutes that extensions added. */
  readonly extended: number;
  /** Unix seconds. No longer than this, whatever was approved: the designation of the person as it was when they asked, or less since. */
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
  /** For whom it was given, and by which delegation; null where one votes for oneself. */
  readonly delegated: { readonly by: string; readonly id: string } | null;
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

/**
 * `undecided`: nobody decided in time. `withdrawn`: taken back, or lapsed, before it was decided. `extended`: an approved extension, which opens
 * nothing by itself: it has moved the end of what it extends.
 */
export const STATES = [
  'pending',
  'denied',
  'undecided',
  'withdrawn',
  'scheduled',
  'active',
  'ended',
  'extended',
] as const;
export type State = (typeof STATES)[number];

export interface Standing {
  readonly state: State;
  /** Unix seconds; null while it is not approved. */
  readonly startsAt: number | null;
  /** When everything of the grant ends: the one deadline, out of all that limits it. */
  readonly deadline: number | null;
  /** Why it ended: `expired` when its time was over, `lapsed` when the person's designation was. */
  readonly why: Ending | 'expired' | null;
  /** Approvals that are missing. */
  readonly missing: readonly Need[];
}

/** Seconds after which a break-glass must have been looked at by two others. */
export const REVIEW_SECONDS = 86_400;
export const REVIEWERS = 2;

/** Where a request stands at `now` (Unix seconds). The same for everybody who holds the same signatures. */
export function standingOf(request: Request, now: number): Standing {
  const { decided, terms } = request;
  if (!decided) return undecidedStanding(request, now);
  if (decided.verdict === 'deny') return { ...NOWHERE, state: 'denied' };
  return terms.kind === 'extension' ? { ...NOWHERE, state: 'extended' } : approvedStanding(request, decided, now);
}

const NOWHERE = { startsAt: null, deadline: null, why: null, missing: [] };

/** Whatever came first: withdrawn, lapsed, or the time to decide over. */
function undecidedStanding({ terms, ended, until, votes }: Request, now: number): Standing {
  const over = Math.min(terms.decideBy, until);
  if (ended && ended.at <= now && ended.at < over) return { ...NOWHERE, state: 'withdrawn', why: ended.why };
  if (now < over) return { ...NOWHERE, state: 'pending', missing: missingOf(terms.approvals, votes) };
  return until < terms.decideBy
    ? { ...NOWHERE, state: 'withdrawn', why: 'lapsed' }
    : { ...NOWHERE, state: 'undecided' };
}

function approvedStanding({ terms, ended, until, extended }: Request, decided: Decided, now: number): Standing {
  const startsAt = Math.max(decided.at, terms.startsAt ?? 0);
  const given = startsAt + (decided.minutes + extended) * 60;
  const full = Math.max(startsAt, Math.min(given, until));
  const early = ended !== null && ended.at < full;
  const deadline = early ? Math.max(ended.at, startsAt) : full;
  const common = { startsAt, deadline, missing: [] };
  if (early && ended.at <= now) return { ...common, state: 'ended', why: ended.why };
  if (now >= full) return { ...common, state: 'ended', why: until < given ? 'lapsed' : 'expired' };
  return { ...common, state: now < startsAt ? 'scheduled' : 'active', why: null };
}

/**
 * From when on (Unix seconds) a request can have no effect any more, on what is open or on what its person may ask; null while it can. A
 * break-glass keeps its effect until it was looked at.
 */
export function overSince(request: Request, now: number): number | null {
  const { decided, ended, terms, until } = request;
  if (reviewDue(request) !== null) return null;
  const { state, deadline } = standingOf(request, now);
  if (state === 'denied' || state === 'extended') return decided!.at;
  if (state === 'undecided') return terms.decideBy;
  if (state === 'withdrawn') return Math.min(until, ended?.at ?? until);
  return state === 'ended' ? deadline : null;
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
