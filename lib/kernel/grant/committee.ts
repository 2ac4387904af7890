import { type Decision, type Designation, isAbout, names, sameDecision } from './decision';

/**
 * The information security committee: who sits on it, and whom it designates. A decision is a statement signed by members; it takes effect
 * with the signature that completes its quorum. Nobody votes on themselves. There is no committee until everybody whom the founding decision
 * names has signed it, and there is never a second founding: whoever can make members leave must not thereby become the committee.
 */
export interface Committee {
  /** Who may vote: those appointed, without those who left since. */
  readonly members: readonly string[];
  /** How many were appointed. The quorum is of these, so that it does not shrink when somebody leaves. 0: not founded yet. */
  readonly seats: number;
  /** Unix seconds; designations count no longer than their committee does. 0: there is none. */
  readonly until: number;
  /** By person and designation (`holdingKey`), the Unix seconds it lapses. */
  readonly held: ReadonlyMap<string, number>;
  /** Decisions that wait for signatures, by id. */
  readonly open: ReadonlyMap<string, OpenDecision>;
  /** Decisions that were taken or refused, by id, and when (Unix seconds): late votes do not begin them anew. */
  readonly closed: ReadonlyMap<string, number>;
}

export interface OpenDecision {
  readonly decision: Decision;
  readonly for: readonly string[];
  readonly against: readonly string[];
  /** Unix seconds of the first vote. */
  readonly since: number;
}

export const NO_COMMITTEE: Committee = {
  members: [],
  seats: 0,
  until: 0,
  held: new Map(),
  open: new Map(),
  closed: new Map(),
};

/** Seconds in which a decision must find its quorum, from the first vote on. */
export const DECISION_SECONDS = 30 * 86_400;

/** More than half of the seats, and never fewer than two. */
export const quorumOf = (seats: number): number => Math.max(2, Math.floor(seats / 2) + 1);

export const holdingKey = (person: string, as: Designation): string => `${person} ${as}`;

/** Until when (Unix seconds) somebody is designated; 0 when they are not at `now`. */
export function designatedUntil(committee: Committee, person: string, as: Designation, now: number): number {
  const until = Math.min(committee.until, committee.held.get(holdingKey(person, as)) ?? 0);
  return until > now ? until : 0;
}

export const VOTE_REFUSALS = [
  'committee.not_member',
  /** About oneself. */
  'committee.self',
  /** Another decision was signed under this id. */
  'committee.other_terms',
  'committee.voted',
  /** Decided already, or its time or the committee's is over. */
  'committee.over',
  /** Too few are left to take this decision, whatever they sign. */
  'committee.quorum',
] as const;
export type VoteRefusal = (typeof VOTE_REFUSALS)[number];

export interface CommitteeVote {
  readonly id: string;
  readonly decision: Decision;
  readonly user: string;
  readonly verdict: 'approve' | 'deny';
}

/** The committee after one more signed vote, or why it does not count. `now` in Unix seconds. */
export function voteOn(committee: Committee, vote: CommitteeVote, now: number): Committee | VoteRefusal {
  const { id, decision, user, verdict } = vote;
  const seated = votersOn(committee, decision);
  if (!seated.includes(user)) return 'committee.not_member';
  if (isAbout(decision, user)) return 'committee.self';
  if (isOver(committee, id, decision, now)) return 'committee.over';
  const waiting = committee.open.get(id);
  const known = waiting && !isStale(waiting.since, now) ? waiting : { decision, for: [], against: [], since: now };
  if (!sameDecision(known.decision, decision)) return 'committee.other_terms';
  if (known.for.includes(user) || known.against.includes(user)) return 'committee.voted';
  const able = seated.filter((member) => !isAbout(decision, member));
  const needed = neededFor(committee, decision, able.length);
  if (able.length < needed) return 'committee.quorum';

  const next: OpenDecision =
    verdict === 'approve' ? { ...known, for: [...known.for, user] } : { ...known, against: [...known.against, user] };
  const hopeful = able.filter((member) => !next.against.includes(member));
  if (next.for.length < needed && hopeful.length >= needed)
    return { ...committee, open: new Map(committee.open).set(id, next) };
  const open = new Map(committee.open);
  open.delete(id);
  const decided = { ...committee, open, closed: new Map(committee.closed).set(id, now) };
  return next.for.length >= needed ? takeEffect(decided, decision) : decided;
}

/** Who may sign a decision: the members; of the founding one, everybody it names. */
const votersOn = ({ seats, members }: Committee, decision: Decision): readonly string[] => {
  if (seats > 0) return members;
  return decision.kind === 'members' ? decision.members : [];
};

const isStale = (since: number, now: number): boolean => now >= since + DECISION_SECONDS;

/** A committee whose time is over can renew itself and take away, and designates nobody. */
function isOver({ closed, seats, until }: Committee, id: string, decision: Decision, now: number): boolean {
  const closedAt = closed.get(id);
  if (closedAt !== undefined && !isStale(closedAt, now)) return true;
  if (decision.kind === 'withdraw') return false;
  return decision.until <= now || (decision.kind === 'designate' && seats > 0 && until <= now);
}

/** Taking away never fails for want of people: then everybody who is left must sign. */
function neededFor({ seats }: Committee, decision: Decision, able: number): number {
  if (seats === 0) return able;
  return decision.kind === 'withdraw' ? Math.max(1, Math.min(quorumOf(seats), able)) : quorumOf(seats);
}

function takeEffect(committee: Committee, decision: Decision): Committee {
  const { kind, until } = decision;
  // What the old members have begun, they have not finished.
  if (kind === 'members')
    return { ...committee, members: decision.members, seats: decision.members.length, until, open: new Map() };
  const held = new Map(committee.held);
  if (kind === 'designate') held.set(holdingKey(decision.person, decision.as), until);
  else held.delete(holdingKey(decision.person, decision.as));
  return { ...committee, held };
}

/** Somebody has left: their vote, their designations and every waiting decision for them go; their seat stays, empty. */
export function withoutPerson(committee: Committee, person: string): Committee {
  const others = (people: readonly string[]) => people.filter((one) => one !== person);
  const open = [...committee.open]
    .filter(([, { decision }]) => !names(decision, person))
    .map(([id, one]) => [id, { ...one, for: others(one.for) }] as const);
  const held = [...committee.held].filter(([key]) => !key.startsWith(`${person} `));
  return { ...committee, members: others(committee.members), held: new Map(held), open: new Map(open) };
}

/** Without what has no effect any more at `now`. */
export function withoutPastDecisions(committee: Committee, now: number): Committee {
  const open = [...committee.open].filter(([, { since }]) => !isStale(since, now));
  const closed = [...committee.closed].filter(([, at]) => !isStale(at, now));
  const held = [...committee.held].filter(([, until]) => until > now);
  return { ...committee, open: new Map(open), closed: new Map(closed), held: new Map(held) };
}
