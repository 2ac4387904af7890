import 'server-only';
import type { StaffDesk } from '@/lib/authz';
import { systemClock } from '@/lib/platform';
import { APPROVER, DELEGATED_ROLES, type DelegationView, type LendView, type Named } from '../schemas';
import { designated, isDesignated, runningDelegations, type Standing } from '../standing';
import type { DelegationRow } from './store';

/** What a page shows of delegations. `standing` is null when the keyring does not answer: then it is the copy. */
export function delegationViews(
  { userId, role }: StaffDesk,
  rows: readonly DelegationRow[],
  standing: Standing | null,
  named: (id: string) => Named,
): DelegationView[] {
  const now = systemClock.now();
  const running = new Set(standing && runningDelegations(standing, now).map(({ id }) => id));
  const stateOf = ({ id, startsAt, endsAt, endedAt }: DelegationRow): DelegationView['state'] => {
    if (endedAt) return 'ended';
    if (endsAt.getTime() <= now) return 'over';
    if (startsAt.getTime() > now) return 'planned';
    return standing && !running.has(id) ? 'idle' : 'running';
  };
  return rows.map((row) => {
    const state = stateOf(row);
    const isOver = state === 'ended' || state === 'over';
    return {
      id: row.id,
      role: row.role as DelegationView['role'],
      by: named(row.byId),
      to: named(row.toId),
      from: row.startsAt.toISOString(),
      until: (row.endedAt ?? row.endsAt).toISOString(),
      state,
      closedToReader: isOver ? 'It is over.' : closedTo(userId, role, row),
    };
  });
}

function closedTo(userId: string, role: string, { byId, toId }: DelegationRow): string | null {
  if (role === 'auditor') return 'Not part of the role auditor.';
  return userId === byId || userId === toId ? null : 'One of the two ends it.';
}

/** What the reader can lend, and to whom; the ledger decides. */
export function lendView(
  { userId, role }: StaffDesk,
  standing: Standing | null,
  people: readonly { id: string; name: string; status: string }[],
): LendView {
  const now = systemClock.now();
  const roles = standing ? DELEGATED_ROLES.filter((one) => designated(standing, userId, APPROVER[one], now)) : [];
  const to = people.filter(
    ({ id, status }) => id !== userId && status === 'active' && standing !== null && isDesignated(standing, id, now),
  );
  return {
    roles,
    to: to.map(({ id, name }) => ({ id, name })),
    reason: reasonOf(role, standing, roles.length, to.length),
  };
}

function reasonOf(role: string, standing: Standing | null, roles: number, to: number): string | null {
  if (role === 'auditor') return 'Not part of the role auditor.';
  if (!standing) return 'The key service does not answer.';
  if (roles === 0) return 'You answer for neither security nor on call.';
  return to === 0 ? 'The committee has designated nobody else.' : null;
}
