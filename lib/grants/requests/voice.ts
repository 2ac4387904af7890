import { designated, runningDelegations, type Standing } from '@/lib/committee';
import type { VoteRow } from './store';

export const APPROVES_AS = { security: 'security approver', 'on-call': 'on-call approver' } as const;
const ROLES = ['security', 'on-call'] as const;

/** As what somebody answers, for whom (an id; null: for themselves), and why they may only refuse, where that is so. */
export interface Voice {
  role: 'security' | 'on-call';
  of: string | null;
  refuseOnly: string | null;
}

/**
 * Whether an answer to a request that waits counts still, as far as standing says: an approval while its giver is designated, or the delegation runs by
 * which it was given. `now` in milliseconds.
 */
export function stillCounts(standing: Standing, vote: VoteRow, now: number): boolean {
  const { userId, organisationId, role, verdict, forId } = vote;
  if (verdict === 'deny' || organisationId !== null || (role !== 'security' && role !== 'on-call')) return true;
  if (forId === null) return designated(standing, userId, APPROVES_AS[role], now) !== null;
  return runningDelegations(standing, now).some((one) => one.by === forId && one.to === userId && one.role === role);
}

/**
 * The voice with which somebody would answer a request of `person`, or why they have none: first their own, then one that was lent to them and is not
 * used up. For showing; the ledger decides. `now` in milliseconds.
 */
export function voiceIn(
  standing: Standing,
  userId: string,
  { person, asked, votes }: { person: string; asked: readonly string[]; votes: readonly VoteRow[] },
  now: number,
): Voice | { why: string } {
  // One answer is written down per person, also where it counts no longer.
  if (votes.some((vote) => vote.userId === userId)) return { why: 'You answered.' };
  const counting = votes.filter((vote) => stillCounts(standing, vote, now));
  const used = new Set(counting.flatMap(({ userId: by, forId }) => [by, forId]));
  if (used.has(userId)) return { why: 'Your stand-in answered for you.' };
  const own = ROLES.find((role) => asked.includes(role) && designated(standing, userId, APPROVES_AS[role], now));
  if (own) return { role: own, of: null, refuseOnly: null };
  const running = runningDelegations(standing, now);
  const lent = running.filter(({ to, role }) => to === userId && asked.includes(role));
  const usable = lent.find(({ by }) => by !== person && !used.has(by));
  if (usable) {
    const owes = running.some(({ by, to }) => by === person && to === userId);
    const refuseOnly = owes ? 'You stand in for who asks, so you may only deny it.' : null;
    return { role: usable.role, of: usable.by, refuseOnly };
  }
  if (lent.some(({ by }) => by !== person)) return { why: 'Whom you stand in for answered already.' };
  return { why: lent.length > 0 ? 'You stand in for who asks.' : 'You are not designated to answer it.' };
}
