import type { Keyring } from '@/lib/keyring';
import { newUuid } from '@/lib/platform';
import type { Described } from '../ledger';
import { everybodyOf, heldBy, withStandIns } from '../on-call/rules';
import * as escalation from './escalation-store';
import * as store from './store';

/** Names of people in an event; more are counted, not named. */
const NAMED = 64;

/**
 * Tells everybody else of what has waited for too long, once: those of the roles that the keyring says are still missing, who were not told when
 * it was asked for. Mark, notices and event are one transaction, so that whoever dies half way has told nobody.
 */
export async function escalate(
  pool: store.Pool,
  keyring: Pick<Keyring, 'call'>,
  described: readonly Described[],
): Promise<void> {
  const waiting = new Map(described.flatMap((one) => (one.state === 'pending' ? [[one.id, one]] : [])));
  const due = (await escalation.dueEscalations(pool)).filter(({ request }) => waiting.has(request));
  if (due.length === 0) return;
  const standing = await keyring.call('committee.describe', {});
  const now = Date.now();
  const approvers = {
    security: withStandIns(standing, [...heldBy(standing, 'security approver', now).keys()], 'security', now),
    onCall: withStandIns(standing, [...heldBy(standing, 'on-call approver', now).keys()], 'on-call', now),
  };
  for (const one of due) {
    const missing = waiting.get(one.request)!.missing.map(({ role }) => role);
    const everybody = everybodyOf(missing, { ...approvers, requester: one.person });
    const others = everybody.filter((person) => !one.told.includes(person));
    if (others.length > 0) await store.inTransaction(pool, (client) => tell(client, one, missing, others));
  }
}

async function tell(
  client: store.Queryable,
  { request: id, onShift }: escalation.Due,
  missing: string[],
  others: readonly string[],
): Promise<void> {
  const told = await escalation.tellOthers(client, id, others);
  if (!told) return;
  await store.record(client, {
    ...{ schema: 'grant.escalated@1', outcome: 'success', actId: newUuid(Date.now()) },
    actor: { kind: 'system', id: 'access' },
    object: { type: 'access-request', id },
    fields: { missing, told: told.length, first: onShift.slice(0, NAMED), to: told.slice(0, NAMED) },
  });
}
