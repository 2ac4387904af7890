import type { Keyring } from '@/lib/keyring';
import { newUuid } from '@/lib/platform';
import * as store from './store';

/**
 * Delegations that the keyring ended because one of the two left, or lost the designation, into the copies and the provider's log, each once. One
 * whose time is over ends by what was signed, and nothing is written.
 */
export async function followDelegations({
  pool,
  keyring,
}: {
  pool: store.Pool;
  keyring: Pick<Keyring, 'call'>;
}): Promise<void> {
  const rows = await store.openDelegations(pool);
  if (rows.length === 0) return;
  const { delegations } = await keyring.call('committee.describe', {});
  const known = new Set(delegations.map(({ id }) => id));
  const lapsed = rows.filter(({ id }) => !known.has(id));
  if (lapsed.length === 0) return;
  await store.inTransaction(pool, async (client) => {
    for (const { id, role } of lapsed) {
      const now = Date.now();
      if (!(await store.noteLapsed(client, id, now))) continue;
      await store.record(client, {
        ...{ schema: 'grant.delegation_ended@1', outcome: 'success', actId: newUuid(now) },
        actor: { kind: 'system', id: 'access' },
        object: { type: 'delegation', id },
        fields: { role, why: 'lapsed', until: new Date(now).toISOString() },
      });
    }
  });
}
