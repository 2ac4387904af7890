import 'server-only';
import { type Caller, inTenant, type Tx } from '@/lib/authz';
import { systemClock } from '@/lib/platform';
import * as store from './store';

export type { MadeKey } from './store';

/** What becomes of a member's API keys when they leave: they end with the membership, or go on under the name of whoever removes them. */
export type KeysFate = 'end' | 'keep';

/** The organisation's working keys with who made them. Members only. */
export const listMadeKeys = (caller: Caller): Promise<store.MadeKey[]> =>
  inTenant(caller, ['ApiKey', 'read'], (tx) => store.listMade(tx, new Date(systemClock.now())));

/**
 * Ends the keys a member made, or takes them over, in the transaction of an act of its own right, which records it. Gives the working
 * ones it met.
 */
export async function settleKeysOf(tx: Tx, userId: string, fate: KeysFate): Promise<store.MadeKey[]> {
  const now = new Date(systemClock.now());
  const made = await store.listMade(tx, now, userId);
  if (fate === 'keep') await store.takeOver(tx, userId);
  else await store.revokeMade(tx, userId, now);
  return made;
}
