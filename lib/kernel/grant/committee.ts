import type { Terms } from '../act';

/**
 * The information security committee: who sits on it, and whom it designates. A decision is a statement signed by members; it takes effect
 * with the signature that completes its quorum. Nobody votes on themselves. There is no committee until everybody whom the founding decision
 * names has signed it.
 */
export type Decision =
  | { readonly kind: 'members'; readonly members: readonly string[]; readonly until: number; readonly minutes: string }
  | {
      readonly kind: 'designate' | 'withdraw';
      readonly person: string;
      readonly as: Designation;
      /** Unix seconds; the designation lapses then. Of a withdrawal: without meaning, 0. */
      readonly until: number;
      /** Where the minutes of the meeting are, in words. */
      readonly minutes: string;
    };

/** What somebody is designated for. */
export const DESIGNATIONS = ['authorised employee', 'security approver', 'on-call approver', 'break-glass'] as const;
export type Designation = (typeof DESIGNATIONS)[number];

export const COMMITTEE_LIMITS = { members: { min: 2, max: 15 }, minutes: 200 } as const;

export interface Committee {
  members: readonly string[];
  /** Unix seconds; designations count no longer than their committee does. 0: there is none. */
  until: number;
  /** By person and designation (`holdingKey`), the Unix seconds it lapses. */
  held: ReadonlyMap<string, number>;
  /** Decisions that wait for signatures, by id. */
  open: ReadonlyMap<string, OpenDecision>;
}

export interface OpenDecision {
  readonly decision: Decision;
  readonly for: readonly string[];
  readonly against: readonly string[];
}

export const NO_COMMITTEE: Committee = { members: [], until: 0, held: new Map(), open: new Map() };

/** More than half of the members, and never fewer than two. */
export const quorumOf = (members: number): number => Math.max(2, Math.floor(members / 2) + 1);

export const holdingKey = (person: string, as: Designation): string => `${person} ${as}`;

/** Until when (Unix seconds) somebody is designated; 0 when they are not at `now`. */
export function designatedUntil(committee: Committee, person: string, as: Designation, now: number): number {
  const until = Math.min(committee.until, committee.held.get(holdingKey(person, as)) ?? 0);
  return until > now ? until : 0;
}

export type VoteRefusal =
  | 'committee.not_member'
  | 'committee.self'
  | 'committee.other_terms'
  | 'committee.voted'
  | 'committee.over';

/** The committee after one more signed vote, or why it does not count. `id` names the decision; `now` in Unix seconds. */
export function voteOn(
  committee: Committee,
  vote: { id: string; decision: Decision; user: string; verdict: 'approve' | 'deny' },
  now: number,
): Committee | VoteRefusal {
  const { id, decision, user, verdict } = vote;
  const founding = committee.members.length === 0;
  const voters = founding ? (decision.kind === 'members' ? decision.members : []) : committee.members;
  if (!voters.includes(user)) return 'committee.not_member';
  if (decision.kind !== 'members' && decision.person === user) return 'committee.self';
  if (decision.kind !== 'withdraw' && decision.until <= now) return 'committee.over';
  const known = committee.open.get(id) ?? { decision, for: [], against: [] };
  if (!sameDecision(known.decision, decision)) return 'committee.other_terms';
  if (known.for.includes(user) || known.against.includes(user)) return 'committee.voted';

  const next: OpenDecision =
    verdict === 'approve' ? { ...known, for: [...known.for, user] } : { ...known, against: [...known.against, user] };
  const needed = founding ? voters.length : quorumOf(voters.length);
  // Who is concerned has no vote.
  const able = voters.length - (decision.kind !== 'members' && voters.includes(decision.person) ? 1 : 0);
  const open = new Map(committee.open);
  if (next.against.length > able - needed) open.delete(id);
  else if (next.for.length < needed) open.set(id, next);
  else {
    open.delete(id);
    return { ...takeEffect(committee, decision), open };
  }
  return { ...committee, open };
}

function takeEffect(committee: Committee, decision: Decision): Omit<Committee, 'open'> {
  if (decision.kind === 'members') return { members: decision.members, until: decision.until, held: committee.held };
  const held = new Map(committee.held);
  if (decision.kind === 'designate') held.set(holdingKey(decision.person, decision.as), decision.until);
  else held.delete(holdingKey(decision.person, decision.as));
  return { members: committee.members, until: committee.until, held };
}

/** Somebody has left: their seat, designations and votes that wait go with them. */
export function withoutPerson(committee: Committee, person: string): Committee {
  const open = new Map<string, OpenDecision>();
  const others = (people: readonly string[]) => people.filter((one) => one !== person);
  for (const [id, one] of committee.open)
    open.set(id, { decision: one.decision, for: others(one.for), against: others(one.against) });
  const held = new Map([...committee.held].filter(([key]) => !key.startsWith(`${person} `)));
  return { ...committee, members: others(committee.members), held, open };
}

const PERSON = /^usr_[0-9a-f]{32}$/;

/** The decision in the words that are shown and signed. Throws `RangeError` for what is none. */
export function decisionTerms(decision: Decision): Terms {
  if (!isDecision(decision)) throw new RangeError('committee decision');
  const kind = ['Decision', decision.kind] as const;
  const minutes = ['Minutes', decision.minutes] as const;
  if (decision.kind === 'members')
    return [kind, ['Members', decision.members.join(', ')], ['Until', String(decision.until)], minutes];
  return [kind, ['Person', decision.person], ['As', decision.as], ['Until', String(decision.until)], minutes];
}

/** The decision that terms stand for, or null when `decisionTerms` would not have written them so. */
export function readDecision(terms: Terms): Decision | null {
  const of = Object.fromEntries(terms);
  const common = { kind: of.Decision, until: Number(of.Until), minutes: of.Minutes ?? '' };
  const read = (
    of.Decision === 'members'
      ? { ...common, members: (of.Members ?? '').split(', ') }
      : { ...common, person: of.Person, as: of.As }
  ) as Decision;
  if (!isDecision(read)) return null;
  const again = decisionTerms(read);
  return JSON.stringify(again) === JSON.stringify(terms) ? read : null;
}

function isDecision(decision: Decision): boolean {
  const { min, max } = COMMITTEE_LIMITS.members;
  const { until, minutes } = decision;
  if (!Number.isInteger(until) || until < 0 || minutes.length > COMMITTEE_LIMITS.minutes || minutes !== minutes.trim())
    return false;
  if (decision.kind !== 'members')
    return (
      ['designate', 'withdraw'].includes(decision.kind) &&
      PERSON.test(decision.person) &&
      DESIGNATIONS.includes(decision.as) &&
      (decision.kind === 'withdraw') === (until === 0)
    );
  const { members } = decision;
  const once = new Set(members).size === members.length;
  return once && members.length >= min && members.length <= max && members.every((member) => PERSON.test(member));
}

const sameDecision = (a: Decision, b: Decision): boolean =>
  JSON.stringify(decisionTerms(a)) === JSON.stringify(decisionTerms(b));
