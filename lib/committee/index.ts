/**
 * The information security committee (ISSC): who sits on it, and whom it designates to ask for access to production, to approve it, or to open
 * it in an emergency. A decision takes effect when a quorum of members has signed it with their passkeys; the keyring keeps the signatures and
 * is asked who is what. Rows are copies for showing. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import { inStaff, type StaffCaller, type StaffDesk } from '@/lib/authz';
import { type Decision, type Designation, decisionTerms } from '@/lib/kernel/grant';
import { isId, newId, systemClock } from '@/lib/platform';
import { delegations } from './delegation/store';
import { delegationViews, lendView } from './delegation/view';
import { errors } from './errors';
import type { CommitteeView, DecisionView, Named, Proposal } from './schemas';
import { committeeStanding, type Standing } from './standing';
import * as store from './store';

export { delegate, endDelegation } from './delegation/give';
export { errors as committeeErrors } from './errors';
export { committeeStanding, designated, designatedFor, runningDelegations, type Standing } from './standing';

/** Puts a decision up for votes; it says nothing yet. Throws `committee.terms`. */
export const propose = (caller: StaffCaller, proposal: Proposal): Promise<string> =>
  inStaff(caller, ['CommitteeDecision', 'vote'], async (desk) => {
    const decision = decisionOf(proposal);
    const known = new Set((await store.people(desk)).map(({ id }) => id));
    const named = decision.kind === 'members' ? decision.members : [decision.person];
    if (!named.every((person) => known.has(person)) || !isSayable(decision)) throw errors('committee.terms');
    const id = newId('cmd');
    await store.insertDecision(desk, id, decision);
    await desk.record(
      'committee.proposed@1',
      {
        object: { type: 'committee-decision', id },
        ...(decision.kind === 'members' ? {} : { subject: decision.person }),
      },
      {
        kind: decision.kind,
        designation: decision.kind === 'members' ? null : decision.as,
        until: decision.until === 0 ? null : new Date(decision.until * 1000).toISOString(),
        members: decision.kind === 'members' ? [...decision.members] : [],
        minutes: decision.minutes,
        ...(decision.kind === 'members' ? {} : { person: decision.person }),
      },
    );
    return id;
  });

/**
 * One's signed word on a decision. Answers how it stands now. Throws `committee.not_found`, `committee.settled`, `committee.not_signed`,
 * `authz.step_up_required`; what the keyring's ledger does not count is refused where it is signed (`identity.act_refused`).
 */
export const vote = (
  caller: StaffCaller,
  { decision: id, verdict }: { decision: string; verdict: 'approve' | 'deny' },
): Promise<DecisionView['state']> =>
  inStaff(caller, ['CommitteeDecision', 'vote'], async (desk) => {
    const row = isId('cmd', id) ? await store.findDecision(desk, id) : null;
    if (!row) throw errors('committee.not_found');
    const decision = decisionIn(row);
    const ask = { object: id, version: verdict, terms: decisionTerms(decision), verdict };
    await desk.stepUp({ action: 'committee.decide', ...ask }).catch((error) => {
      // Nobody is asked about what is settled. Who had signed by then has voted, whoever came first with it.
      throw row.state === 'open' ? error : errors('committee.settled');
    });
    const standing = await committeeStanding();
    const open = standing.open.find((one) => one.id === id);
    // A confirmation that the ledger knows nothing of changes nothing here either.
    if (open && ![...open.for, ...open.against].includes(desk.userId)) throw errors('committee.not_signed');
    await store.insertVote(desk, id, verdict);
    const state = open ? 'open' : isInForce(standing, decision) ? 'taken' : 'refused';
    if (state !== 'open') await store.settle(desk, id, state);
    await desk.record('committee.voted@1', { object: { type: 'committee-decision', id } }, { verdict, state });
    return state;
  });

/** Whom the committee had designated for what at a moment, by decisions that were taken until then. For other capabilities, in their transaction. */
export async function designationsAt(
  desk: StaffDesk,
  person: string,
  at: Date,
): Promise<{ as: string; until: string; decision: string; minutes: string }[]> {
  const held = new Map<string, store.DecisionRow>();
  let committee = 0;
  for (const row of await store.takenUntil(desk, person, at)) {
    if (row.kind === 'members') committee = row.until?.getTime() ?? 0;
    else if (row.kind === 'withdraw') held.delete(row.designation ?? '');
    else held.set(row.designation ?? '', row);
  }
  return [...held.values()].flatMap(({ id: decision, designation, until, minutes }) => {
    const end = Math.min(committee, until?.getTime() ?? 0);
    return end > at.getTime() ? [{ as: designation ?? '', until: new Date(end).toISOString(), decision, minutes }] : [];
  });
}

/** What a page shows of it. */
export async function readCommittee(caller: StaffCaller): Promise<CommitteeView> {
  const standing = await committeeStanding().catch((error) => {
    if (errors.is(error)) return null;
    throw error;
  });
  return inStaff(caller, ['CommitteeDecision', 'read'], (desk) => viewOf(desk, standing));
}

async function viewOf(desk: StaffDesk, standing: Standing | null): Promise<CommitteeView> {
  const people = await store.people(desk);
  const rows = await store.decisions(desk);
  const votes = await store.votesOn(
    desk,
    rows.map(({ id }) => id),
  );
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const named = (id: string): Named => ({ id, name: names.get(id) ?? id });
  return {
    standing: standing && {
      members: standing.members.map(named),
      until: standing.until === 0 ? null : isoOf(standing.until),
      quorum: standing.quorum,
      held: standing.held.map(({ person, as, until }) => ({
        person: named(person),
        as: as as Designation,
        until: isoOf(until),
      })),
    },
    decisions: rows.map((row) => ({
      id: row.id,
      kind: row.kind as DecisionView['kind'],
      members: row.members.map(named),
      person: row.person === null ? null : named(row.person),
      as: row.designation as Designation | null,
      until: row.until?.toISOString() ?? null,
      minutes: row.minutes,
      proposedBy: named(row.proposedById),
      proposedAt: row.proposedAt.toISOString(),
      state: row.state as DecisionView['state'],
      votes: votes
        .filter(({ decisionId }) => decisionId === row.id)
        .map(({ userId, verdict, at }) => ({
          by: named(userId),
          verdict: verdict as 'approve' | 'deny',
          at: at.toISOString(),
        })),
      closedToReader: closedTo(desk, standing, row, votes),
    })),
    delegations: delegationViews(desk, await delegations(desk), standing, named),
    lend: lendView(desk, standing, people),
    people: people.filter(({ status }) => status === 'active').map(({ id, name }) => ({ id, name })),
  };
}

/** For the disabled button; the ledger decides. */
function closedTo(
  { userId, role }: StaffDesk,
  standing: Standing | null,
  row: store.DecisionRow,
  votes: readonly { decisionId: string; userId: string }[],
): string | null {
  if (row.state !== 'open') return 'Settled.';
  if (!standing) return 'The key service does not answer.';
  if (role === 'auditor') return 'Not part of the role auditor.';
  if (votes.some((vote) => vote.decisionId === row.id && vote.userId === userId)) return 'You voted.';
  if (row.person === userId) return 'Nobody votes on themselves.';
  const voters = standing.members.length === 0 ? row.members : standing.members;
  return voters.includes(userId) ? null : 'Members of the committee vote.';
}

function decisionOf(proposal: Proposal): Decision {
  if (proposal.kind === 'members') return { ...proposal, until: dayEnd(proposal.until) };
  if (proposal.kind === 'withdraw') return { ...proposal, until: 0 };
  return { ...proposal, until: dayEnd(proposal.until) };
}

/** The last second of a day, UTC. */
const dayEnd = (day: string): number => Date.parse(`${day}T23:59:59Z`) / 1000;

function isSayable(decision: Decision): boolean {
  if (decision.kind !== 'withdraw' && decision.until * 1000 <= systemClock.now()) return false;
  try {
    return decisionTerms(decision).length > 0;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function decisionIn(row: store.DecisionRow): Decision {
  const until = row.until ? row.until.getTime() / 1000 : 0;
  const { kind, minutes, members } = row;
  if (kind === 'members') return { kind, members, until, minutes };
  return {
    kind: kind as 'designate' | 'withdraw',
    person: row.person!,
    as: row.designation as Designation,
    until,
    minutes,
  };
}

/** Whether the ledger shows what the decision says. */
function isInForce(standing: Standing, decision: Decision): boolean {
  if (decision.kind === 'members')
    return standing.until === decision.until && standing.members.join() === decision.members.join();
  const held = standing.held.find(({ person, as }) => person === decision.person && as === decision.as);
  return decision.kind === 'withdraw' ? !held : held?.until === decision.until;
}

const isoOf = (seconds: number): string => new Date(seconds * 1000).toISOString();
