import type { Caller } from '@/lib/authz';
import { inTenant } from '@/lib/authz';
import { systemClock } from '@/lib/platform';
import { enforcementOf } from './enforcement';
import { policyErrors } from './errors';
import type { Enforcement } from './schemas';
import * as store from './store';

/** How far the change `seq` has got on every edge, as of now. Throws `policy.unknown_change` for a number not given out yet. */
export const enforcement = (caller: Caller, seq: number): Promise<Enforcement> =>
  inTenant(caller, ['Edge', 'read'], async (tx) => {
    if (!Number.isSafeInteger(seq) || seq < 1 || BigInt(seq) > (await store.headSeq(tx)))
      throw policyErrors('policy.unknown_change');
    const edges = await store.listEdges(tx);
    const acks = await store.listAcks(tx, BigInt(seq));
    return enforcementOf(BigInt(seq), edges, acks, systemClock.now());
  });
