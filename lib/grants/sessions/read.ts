import 'server-only';
import { inStaff, type StaffCaller, type StaffDesk } from '@/lib/authz';
import { errors } from '../errors';
import { standingsOrNot } from '../ledger';
import * as requests from '../requests/store';
import type { SessionView } from '../schemas';
import * as store from './store';

const LISTED = 200;

/** Sessions, newest first; what is live stands by its grant. Any member of staff. */
export const listSessions = (caller: StaffCaller): Promise<SessionView[]> =>
  inStaff(caller, ['ProductionSession', 'read'], async (desk) => viewsOf(desk, await store.newest(desk, LISTED)));

/** One session. Throws `grant.not_found`. Any member of staff. */
export const readSession = (caller: StaffCaller, id: string): Promise<SessionView> =>
  inStaff(caller, ['ProductionSession', 'read'], async (desk) => {
    const [view] = await viewsOf(desk, await store.one(desk, id));
    if (!view) throw errors('grant.not_found');
    return view;
  });

/** Of one request, in the transaction that reads it. */
export const sessionsOf = async (desk: StaffDesk, request: string): Promise<SessionView[]> =>
  viewsOf(desk, await store.ofRequest(desk, request));

async function viewsOf(desk: StaffDesk, rows: readonly store.SessionRow[]): Promise<SessionView[]> {
  const described = await standingsOrNot([...new Set(rows.map(({ requestId }) => requestId))]);
  const names = await requests.names(desk, [...new Set(rows.map(({ userId }) => userId))], []);
  return rows.map((row) => {
    const grant = described?.get(row.requestId);
    // In a channel it begins with the join, which is the edge's word: the keyring knows only of the token.
    const used = row.channel === null ? grant?.sessions.find(({ session }) => session === row.id) : undefined;
    const started = used?.startedAt ?? null;
    return {
      id: row.id,
      request: row.requestId,
      person: { id: row.userId, name: names.get(row.userId) ?? row.userId },
      ...{ target: row.target, through: row.through, channel: row.channel, why: row.why },
      openedAt: row.openedAt.toISOString(),
      startedAt: row.startedAt?.toISOString() ?? (started ? new Date(started * 1000).toISOString() : null),
      endedAt: row.endedAt?.toISOString() ?? null,
      active: grant?.state === 'active',
      deadline: grant?.deadline ? new Date(grant.deadline * 1000).toISOString() : null,
    };
  });
}
