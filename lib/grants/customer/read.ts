import 'server-only';
import { type Caller, inTenant, type Tx } from '@/lib/authz';
import { observerAccount } from '@/lib/kernel/decision';
import { type Described, standingsOrNot } from '../ledger';
import { votes } from '../requests/store';
import type { DataClass, ProviderAccessPage, ProviderAccessView, ProviderSessionView } from '../schemas';
import * as store from './store';

const PAGE = 50;

/** Access of the provider that concerns the organisation: what waits for its answer, and the log of all there was, newest first. */
export const readProviderAccess = (
  caller: Caller & { kind: 'member' },
  filter: store.AccessFilter,
  page = 0,
): Promise<ProviderAccessPage> =>
  inTenant(caller, ['ProviderAccess', 'read'], async (tx, tenant) => {
    const waiting = await store.waiting(tx);
    const { rows, total } = await store.list(tx, filter, PAGE, page * PAGE);
    const described = await standingsOrNot([...new Set([...waiting, ...rows].map(({ requestId }) => requestId))]);
    const views = await viewsOf(tx, [...waiting, ...rows], described, tenant.actor.id);
    return {
      // The copy may still wait for what the keyring knows to be over.
      waiting: views.slice(0, waiting.length).filter(({ state }) => state === 'pending'),
      rows: views.slice(waiting.length),
      total,
      certain: described !== null,
    };
  });

/** Why it ended, as every customer is told: that one of them took its agreement back is that customer's own. As `cordon.told_why`. */
const toldWhy = ({ state, why }: Described): string | null =>
  state === 'ended' && why === 'withdrawn' ? 'revoked' : why;

async function viewsOf(
  tx: Tx,
  rows: readonly store.AccessRow[],
  described: ReadonlyMap<string, Described> | null,
  reader: string,
): Promise<ProviderAccessView[]> {
  const ids = [...new Set(rows.map(({ requestId }) => requestId))];
  const answers = await votes(tx, ids);
  const sessions = await store.sessions(tx, ids);
  const said = await store.comments(tx, ids);
  const watched = await store.watched(tx, ids);
  const names = await store.members(tx, [
    ...answers.map(({ userId }) => userId),
    ...said.map(({ authorId }) => authorId),
  ]);
  const projects = new Map((await store.projects(tx)).map((project) => [project.id, project]));
  return rows.map((row) => {
    const now = described?.get(row.requestId);
    const iso = (seconds: number | null | undefined, copy: Date | null) =>
      now ? (seconds ? new Date(seconds * 1000).toISOString() : null) : (copy?.toISOString() ?? null);
    const own = answers.filter(({ requestId }) => requestId === row.requestId);
    return {
      id: row.requestId,
      ...{ staff: row.staffId, employer: row.employer, country: row.country, kind: row.kind, mode: row.mode },
      ...{ purpose: row.purpose, reason: row.reason, ticket: row.ticket, targets: row.targets },
      projects: row.projects.flatMap((id) => projects.get(id) ?? []),
      dataClasses: row.dataClasses as DataClass[],
      ...{ command: row.command, files: row.files, minutes: row.minutes },
      requestedAt: row.requestedAt.toISOString(),
      answerBy: row.answerBy.toISOString(),
      state: now?.state ?? row.state,
      startsAt: iso(now?.startsAt, row.startsAt),
      deadline: iso(now?.deadline, row.deadline),
      why: now ? toldWhy(now) : row.why,
      answers: own.map(({ userId, verdict, minutes, at }) => ({
        ...{ by: names.get(userId) ?? 'A former member', verdict, minutes },
        at: at.toISOString(),
      })),
      sessions: sessions.filter(({ requestId }) => requestId === row.requestId).map(sessionOf),
      comments: said
        .filter(({ requestId }) => requestId === row.requestId)
        .map(({ id, authorId, byStaff, text, at }) => ({
          ...{
            id,
            by: byStaff ? 'The provider' : (names.get(authorId) ?? 'A former member'),
            byStaff,
            organisation: null,
            text,
          },
          at: at.toISOString(),
        })),
      watched: watched
        .filter(({ request_id }) => request_id === row.requestId)
        .map(({ session_id, project_id, channel, started_at, ended_at, why }) => ({
          ...{ session: session_id, account: observerAccount(session_id), channel, why },
          project: projects.get(project_id) ?? { id: project_id, name: project_id },
          from: started_at.toISOString(),
          to: ended_at?.toISOString() ?? null,
        })),
      answered: own.some(({ userId }) => userId === reader),
    };
  });
}

function sessionOf(row: Awaited<ReturnType<typeof store.sessions>>[number]): ProviderSessionView {
  const { sessionId: id, target, startedAt, endedAt, shared, countedAt, commands, files, commandLines } = row;
  return {
    ...{ id, target, way: row.way as ProviderSessionView['way'], shared, counted: countedAt !== null, commands, files },
    ...{ from: startedAt.toISOString(), until: endedAt.toISOString(), commandLines },
  };
}
