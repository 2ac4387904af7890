import 'server-only';
import { inStaff, type StaffCaller, type StaffDesk } from '@/lib/authz';
import { committeeStanding, type Standing } from '@/lib/committee';
import { readGrantTerms } from '@/lib/kernel/grant';
import { isId, systemClock } from '@/lib/platform';
import { readinessOf } from '@/lib/training';
import { errors } from '../errors';
import { type Described, standingsOrNot } from '../ledger';
import { routingOf } from '../on-call';
import type { CommentView, Named, NeedView, RequestLine, RequestView, State } from '../schemas';
import { sessionsOf } from '../sessions/read';
import * as sessions from '../sessions/store';
import * as eligibility from '../targets/store';
import * as store from './store';
import { stillCounts, voiceIn } from './voice';

export interface Requests {
  lines: RequestLine[];
  total: number;
  /** False: the keyring does not answer, and states are the copies. */
  certain: boolean;
}

/** Requests and grants, newest first, each as the keyring says it stands. Any member of staff. */
export async function listRequests(
  caller: StaffCaller,
  filter: store.Filter,
  limit = 50,
  offset = 0,
): Promise<Requests> {
  const standing = await standingOrNot();
  return inStaff(caller, ['AccessRequest', 'read'], async (desk) => {
    const { rows, total } = await store.list(desk, filter, limit, offset);
    return { ...(await linesOf(desk, rows, standing)), total };
  });
}

/** One's own grants that run now, for the tape. Empty when the keyring does not answer: what it shows has to be so. */
export const ownActive = (
  caller: StaffCaller,
): Promise<{ id: string; targets: string[]; deadline: string; customers: string[] }[]> =>
  inStaff(caller, ['AccessRequest', 'read'], async (desk) => {
    const { rows } = await store.list(desk, { person: desk.userId, states: ['active'] }, 20);
    const described = rows.length > 0 ? await standingsOrNot(rows.map(({ id }) => id)) : null;
    const names = await store.names(
      desk,
      [],
      rows.flatMap(({ organisations }) => organisations),
    );
    return rows.flatMap(({ id, targets, organisations }) => {
      const now = described?.get(id);
      return now?.state === 'active' && now.deadline
        ? {
            ...{ id, targets },
            deadline: new Date(now.deadline * 1000).toISOString(),
            customers: organisations.map((one) => names.get(one) ?? one),
          }
        : [];
    });
  });

/** Without a committee nobody is designated, so nobody's answer is asked for. */
const standingOrNot = (): Promise<Standing | null> => committeeStanding().catch(() => null);

async function linesOf(desk: StaffDesk, rows: readonly store.RequestRow[], standing: Standing | null) {
  const ids = rows.map(({ id }) => id);
  const described = await standingsOrNot(ids);
  const votes = await store.allVotes(desk, ids);
  const used = await sessions.countOf(desk, ids);
  const people = [...rows.map(({ personId }) => personId), ...lentTo(desk, standing)];
  const names = await store.names(desk, [...new Set(people)], []);
  const lines = rows.map((row) => {
    const own = votes.filter(({ requestId }) => requestId === row.id);
    return lineOf(desk, row, described?.get(row.id), own, used.get(row.id) ?? 0, names, standing);
  });
  return { lines, certain: described !== null };
}

function lineOf(
  desk: StaffDesk,
  row: store.RequestRow,
  described: Described | undefined,
  votes: readonly store.VoteRow[],
  used: number,
  names: ReadonlyMap<string, string>,
  standing: Standing | null,
): RequestLine {
  const asked = readGrantTerms(row.terms);
  const state: State = described?.state ?? row.state;
  const iso = (seconds: number | null | undefined, copy: Date | null) =>
    described ? (seconds ? new Date(seconds * 1000).toISOString() : null) : (copy?.toISOString() ?? null);
  return {
    id: row.id,
    person: { id: row.personId, name: names.get(row.personId) ?? row.personId },
    kind: row.kind,
    targets: row.targets,
    minutes: asked?.minutes ?? 0,
    purpose: asked?.purpose ?? '',
    ticket: asked?.ticket ?? '',
    requestedAt: row.requestedAt.toISOString(),
    decideBy: row.decideBy.toISOString(),
    state,
    startsAt: iso(described?.startsAt, row.startsAt),
    deadline: iso(described?.deadline, row.deadline),
    why: described ? described.why : row.why,
    closing: row.closing,
    reviewDue: iso(described?.reviewDue, null),
    sessions: used,
    approvals: votes.filter(({ verdict, role }) => verdict === 'approve' && role !== 'review').length,
    yours: yoursIn(desk, row, state, asked?.approvals ?? [], votes, standing, names),
  };
}

/** Whether the reader's answer is asked for, and as what; the ledger decides. */
function yoursIn(
  { userId, role }: StaffDesk,
  row: store.RequestRow,
  state: State,
  approvals: readonly { role: string }[],
  votes: readonly store.VoteRow[],
  standing: Standing | null,
  names: ReadonlyMap<string, string>,
): RequestLine['yours'] {
  if (row.personId === userId) return { why: 'Your own request: somebody else answers it.' };
  if (state !== 'pending') return { why: 'It is decided.' };
  if (role === 'auditor') return { why: 'Not part of the role auditor.' };
  if (!standing) return { why: 'The key service does not answer.' };
  const asked = approvals.map((need) => need.role);
  const voice = voiceIn(standing, userId, { person: row.personId, asked, votes }, systemClock.now());
  if ('why' in voice) return voice;
  const { role: as, of, refuseOnly } = voice;
  return { role: as, for: of === null ? null : { id: of, name: names.get(of) ?? of }, refuseOnly };
}

/** Who lent their voice to the reader. */
const lentTo = ({ userId }: StaffDesk, standing: Standing | null): string[] =>
  (standing?.delegations ?? []).filter(({ to }) => to === userId).map(({ by }) => by);

const PAST = 5;

/** One request with everything an approver needs. Throws `grant.not_found`. */
export async function readRequest(caller: StaffCaller, id: string): Promise<RequestView> {
  const standing = await standingOrNot();
  return inStaff(caller, ['AccessRequest', 'read'], async (desk) => {
    const row = isId('grt', id) ? await store.find(desk, id) : null;
    const asked = row && readGrantTerms(row.terms);
    if (!row || !asked) throw errors('grant.not_found');
    const described = await standingsOrNot([id]);
    const votes = await store.allVotes(desk, [id]);
    const comments = await store.allComments(desk, [id]);
    const parts = await store.parts(desk, [id]);
    const past = (await store.list(desk, { person: row.personId }, PAST + 1)).rows.filter((other) => other.id !== id);
    const used = await sessions.countOf(desk, [id, ...past.map((one) => one.id)]);
    const names = await store.names(
      desk,
      [
        ...[row.personId, ...lentTo(desk, standing), ...comments.map(({ authorId }) => authorId)],
        ...votes.flatMap(({ userId, forId }) => (forId === null ? [userId] : [userId, forId])),
      ],
      parts.map(({ organisationId }) => organisationId),
    );
    const named = (of: string): Named => ({ id: of, name: names.get(of) ?? 'A member of the customer' });
    const state = described?.get(id)?.state ?? row.state;
    const counts = (vote: store.VoteRow) =>
      state !== 'pending' || !standing || stillCounts(standing, vote, systemClock.now());
    const [policyId, version] = asked.policy.split('@') as [string, string];
    const policy = await eligibility.policyAt(desk, policyId, Number(version));
    const { missing, general, additional, agreement } = await readinessOf(desk.tx, row.personId);
    return {
      ...lineOf(desk, row, described?.get(id), votes, used.get(id) ?? 0, names, standing),
      reason: asked.reason,
      command: asked.command,
      files: asked.files,
      policy: policy ? `${policy.name}, version ${version}` : asked.policy,
      extends: row.extendsId,
      wantedStart: asked.startsAt === null ? null : new Date(asked.startsAt * 1000).toISOString(),
      terms: row.terms,
      approvedMinutes: described?.get(id)?.minutes ?? row.minutes,
      maxMinutes: policy?.maxMinutes ?? null,
      reach: await eligibility.targets(desk, row.targets),
      customers: parts.map(({ organisationId, mode }) => ({
        organisation: named(organisationId),
        mode: mode as 'notify' | 'approve' | 'break-glass',
      })),
      needs: asked.approvals.map(
        ({ role, count }): NeedView => ({
          role,
          count,
          given: votes
            .filter((vote) => vote.role === role)
            .map((vote) => ({ ...answerOf(vote, named), counts: counts(vote) })),
        }),
      ),
      routing: await routingOf(desk, id, (people) => store.names(desk, people, [])),
      reviews: votes.filter(({ role }) => role === 'review').map((vote) => answerOf(vote, named)),
      comments: comments.map((one) => commentOf(one, names)),
      readiness: { missing, general, additional, agreement },
      past: past.slice(0, PAST).map((one) => ({
        ...{ id: one.id, targets: one.targets, state: one.state, requestedAt: one.requestedAt.toISOString() },
        minutes: one.minutes ?? readGrantTerms(one.terms)?.minutes ?? 0,
        sessions: used.get(one.id) ?? 0,
      })),
      held: await sessionsOf(desk, id),
      own: row.personId === desk.userId,
      certain: described !== null,
    };
  });
}

const answerOf = ({ userId, forId, verdict, minutes, at }: store.VoteRow, named: (id: string) => Named) => ({
  by: named(userId),
  for: forId === null ? null : named(forId),
  ...{ verdict, minutes },
  at: at.toISOString(),
});

function commentOf(
  { id, authorId, byStaff, organisationId, text, at }: store.CommentRow,
  names: ReadonlyMap<string, string>,
): CommentView {
  return {
    id,
    by: names.get(authorId) ?? 'A member of the customer',
    byStaff,
    organisation:
      organisationId === null ? null : { id: organisationId, name: names.get(organisationId) ?? organisationId },
    text,
    at: at.toISOString(),
  };
}
