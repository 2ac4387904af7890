import 'server-only';
import type { StaffCaller, StaffDesk, Tx } from '@/lib/authz';
import { committeeStanding, designated, runningDelegations } from '@/lib/committee';
import type { Terms } from '@/lib/kernel/act';
import { delegatedRole, type GrantTerms, grantTerms, readGrantTerms } from '@/lib/kernel/grant';
import { isId, systemClock } from '@/lib/platform';
import { readinessOf } from '@/lib/training';
import { inAccess } from '../desk';
import { errors } from '../errors';
import { type Described, standingOf, standingsOf } from '../ledger';
import type { State } from '../schemas';
import * as store from './store';
import { APPROVES_AS } from './voice';

export interface Vote {
  request: string;
  role: 'security' | 'on-call';
  /** For whom, by a delegation of theirs; else for oneself. */
  for?: string | null;
  verdict: 'approve' | 'deny';
  minutes: number;
}

/**
 * One's signed word on a request, in its exact terms, perhaps for fewer minutes, or for somebody who is away. Answers where it stands then. Throws
 * `grant.not_found`, `grant.own`, `grant.decided`, `grant.role`, `grant.not_designated`, `grant.not_delegated`, `grant.not_ready`, `grant.minutes`, `grant.voted`, `grant.keyring`,
 * `authz.step_up_required`.
 */
export const voteOnRequest = (caller: StaffCaller, vote: Vote): Promise<State> =>
  inAccess(caller, ['AccessRequest', 'vote'], vote.request, async (desk) => {
    const { request: id, role, for: of = null, verdict, minutes } = vote;
    const row = isId('grt', id) ? await store.find(desk, id) : null;
    if (!row) throw errors('grant.not_found');
    if (row.personId === desk.userId || row.personId === of) throw errors('grant.own');
    // Also where it counts no longer: nobody signs what could not be written down.
    if ((await store.votes(desk.tx, [id])).some(({ userId }) => userId === desk.userId)) throw errors('grant.voted');
    const { missing } = await readinessOf(desk.tx, desk.userId);
    if (missing.length > 0) throw errors('grant.not_ready', { why: `Missing: ${missing.join('; ')}.` });
    await demandVoice(desk, role, of);
    const terms = termsToSign(row.terms, role, minutes);
    const as = of === null ? role : delegatedRole(role, of);
    await desk.stepUp({ action: 'grant.vote', object: id, version: `${verdict} ${as}`, terms, verdict, role: as });
    const described = await settleVote(desk.tx, row.extendsId, {
      ...{ requestId: id, userId: desk.userId, organisationId: null, role, verdict, minutes, forId: of },
    });
    const { state } = described;
    // For whom, stands in the confirmation that was signed.
    const said = of === null ? role : `${role} by delegation`;
    await desk.record(
      'grant.voted@1',
      { object: { type: 'access-request', id } },
      { verdict, role: said, minutes, state },
    );
    if (state !== 'pending') await tellPerson(desk, row, described);
    return state;
  });

async function demandVoice(desk: StaffDesk, role: Vote['role'], of: string | null): Promise<void> {
  const [standing, now] = [await committeeStanding(), systemClock.now()];
  if (of === null) {
    if (!designated(standing, desk.userId, APPROVES_AS[role], now))
      throw errors('grant.not_designated', { why: `Designation: ${APPROVES_AS[role]}.` });
    return;
  }
  const isLent = runningDelegations(standing, now).some(
    (one) => one.by === of && one.to === desk.userId && one.role === role,
  );
  if (!isLent) throw errors('grant.not_delegated');
}

/** The terms of a request for as many minutes. Throws `grant.role`, `grant.minutes`, `grant.terms`. */
export function termsToSign(terms: Terms, role: string, minutes: number): Terms {
  const asked: GrantTerms | null = readGrantTerms(terms);
  if (!asked) throw errors('grant.terms');
  if (!asked.approvals.some((need) => need.role === role)) throw errors('grant.role');
  if (minutes > asked.minutes) throw errors('grant.minutes', { field: 'minutes' });
  return grantTerms({ ...asked, minutes });
}

/** Writes the vote down, and what the keyring says now of the request and of what it extends. */
export async function settleVote(
  tx: Tx,
  extendsId: string | null,
  vote: Omit<store.VoteRow, 'at'>,
): Promise<Described> {
  const described = await standingsOf([vote.requestId, ...(extendsId ? [extendsId] : [])]);
  const found = described.get(vote.requestId);
  if (!found) throw errors('grant.not_signed');
  if (!(await store.insertVote(tx, vote))) throw errors('grant.voted');
  for (const one of described.values()) await store.note(tx, one);
  return found;
}

const tellPerson = (
  { tx }: StaffDesk,
  { id, personId, targets }: store.RequestRow,
  { state }: Described,
): Promise<void> =>
  store.tell(
    tx,
    id,
    'grant.decided',
    { people: [personId] },
    { targets: targets.join(', ').slice(0, 120), state, request: id },
  );

/**
 * What another says of a break-glass afterwards; two close it. Throws `grant.not_found`, `grant.own`, `grant.not_designated`, `grant.voted`,
 * `authz.step_up_required`.
 */
export const reviewBreakGlass = (
  caller: StaffCaller,
  { request: id, verdict }: { request: string; verdict: 'approve' | 'deny' },
): Promise<{ open: boolean }> =>
  inAccess(caller, ['AccessRequest', 'review'], id, async (desk) => {
    const row = isId('grt', id) ? await store.find(desk, id) : null;
    const asked = row && readGrantTerms(row.terms);
    if (!asked || row.kind !== 'break-glass') throw errors('grant.not_found');
    if (row.personId === desk.userId) throw errors('grant.own');
    if (!designated(await committeeStanding(), desk.userId, 'security approver', systemClock.now()))
      throw errors('grant.not_designated', { why: 'Designation: security approver.' });
    await desk.stepUp({
      ...{ action: 'grant.review', object: id, version: `${verdict} review`, verdict, role: 'review' },
      terms: [
        ['Break-glass of', asked.person],
        ['Targets', asked.targets.join(', ')],
        ['Reason', asked.reason],
        ['Found', verdict === 'approve' ? 'in order' : 'not in order'],
      ],
    });
    const described = await standingOf(id);
    const vote = {
      ...{ requestId: id, userId: desk.userId, organisationId: null, role: 'review', verdict, minutes: 0 },
      forId: null,
    };
    if (!(await store.insertVote(desk.tx, vote))) throw errors('grant.voted');
    await desk.record('grant.reviewed@1', { object: { type: 'access-request', id } }, { verdict });
    return { open: described.reviewDue !== null };
  });
