import 'server-only';
import type { StaffDesk } from '@/lib/authz';
import type { GrantTerms } from '@/lib/kernel/grant';
import { tell } from '../requests/store';
import type { Named, RoutingView } from '../schemas';
import { countedOf, heldBy, onCallAt, type Standing, whomToTell, withStandIns } from './rules';
import * as store from './store';

interface NewRequest {
  id: string;
  /** Of asking, whose part an escalation at once is. */
  actId: string;
  asked: GrantTerms;
  standing: Standing;
  escalateMinutes: number;
  /** Unix milliseconds. */
  now: number;
}

/** Names of people in an event; more are counted, not named. */
const NAMED = 64;

/** Tells those who are to answer a new request, whoever is on call first, and writes down who was told. Control tells the others later. */
export async function tellApprovers(
  desk: StaffDesk,
  { id, actId, asked, standing, escalateMinutes, now }: NewRequest,
): Promise<void> {
  const roles = asked.approvals.map(({ role }) => role);
  const onCall = heldBy(standing, 'on-call approver', now);
  const security = heldBy(standing, 'security approver', now);
  const shifts = (await store.shiftsAt(desk, new Date(now))).flatMap((row) => countedOf(row, onCall, now) ?? []);
  const { told, onShift, left, atOnce } = whomToTell(
    {
      ...{ roles, requester: desk.userId },
      security: withStandIns(standing, [...security.keys()], 'security', now),
      onCall: withStandIns(standing, [...onCall.keys()], 'on-call', now),
    },
    withStandIns(standing, onCallAt(shifts, now), 'on-call', now),
  );
  const others = atOnce ? left : [];
  const fields = { targets: asked.targets.join(', ').slice(0, 120), request: id };
  await tell(desk.tx, id, 'grant.asked', { people: [...told, ...others] }, fields);
  await store.insertRouting(desk, {
    ...{ requestId: id, told, onShift, atOnce: others },
    escalateMinutes: atOnce ? 0 : left.length > 0 ? escalateMinutes : null,
  });
  if (atOnce)
    await desk.record(
      'grant.escalated@1',
      { object: { type: 'access-request', id }, actId },
      { missing: roles, told: others.length, first: [], to: others.slice(0, NAMED) },
    );
}

/** Who was told of a request, with names. Null of what was asked before there were shifts, and of break-glass, of which everybody is told. */
export async function routingOf(
  desk: StaffDesk,
  request: string,
  namesOf: (people: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<RoutingView | null> {
  const row = await store.findRouting(desk, request);
  if (!row) return null;
  const names = await namesOf([...row.told, ...row.escalatedTo]);
  const named = (id: string): Named => ({ id, name: names.get(id) ?? id });
  return {
    toldAt: row.toldAt.toISOString(),
    told: row.told.map((id) => ({ person: named(id), onShift: row.onShift.includes(id) })),
    escalateAt: row.escalateAt?.toISOString() ?? null,
    escalated: row.escalatedAt && { at: row.escalatedAt.toISOString(), to: row.escalatedTo.map(named) },
  };
}
