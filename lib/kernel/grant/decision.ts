import { isTermText, type Terms } from '../act';
import { isId, isTime } from './words';

/** What the committee decides: who sits on it, whom it designates for what, and from whom it takes that away. */
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
  return isDecision(read) && JSON.stringify(decisionTerms(read)) === JSON.stringify(terms) ? read : null;
}

/** Whom a decision is about and who therefore has no vote in it. A new committee is about nobody: the old one steps back together. */
export const isAbout = (decision: Decision, person: string): boolean =>
  decision.kind !== 'members' && decision.person === person;

/** Whether somebody gains by a decision. */
export const names = (decision: Decision, person: string): boolean =>
  decision.kind === 'members' ? decision.members.includes(person) : decision.person === person;

export const sameDecision = (a: Decision, b: Decision): boolean =>
  JSON.stringify(decisionTerms(a)) === JSON.stringify(decisionTerms(b));

function isDecision(decision: Decision): boolean {
  const { until, minutes } = decision;
  if (minutes.length > COMMITTEE_LIMITS.minutes || minutes !== minutes.trim() || !isTermText(minutes)) return false;
  switch (decision.kind) {
    case 'members':
      return isTime(until) && areMembers(decision.members);
    case 'designate':
      return isTime(until) && isId('usr', decision.person) && DESIGNATIONS.includes(decision.as);
    case 'withdraw':
      return until === 0 && isId('usr', decision.person) && DESIGNATIONS.includes(decision.as);
    default:
      return false;
  }
}

function areMembers(members: readonly string[]): boolean {
  const { min, max } = COMMITTEE_LIMITS.members;
  const once = new Set(members).size === members.length;
  return once && members.length >= min && members.length <= max && members.every((member) => isId('usr', member));
}
