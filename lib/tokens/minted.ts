import 'server-only';
import type { Tx } from '@/lib/authz';
import { systemClock } from '@/lib/platform';
import { revokeTokens } from '@/lib/policy';
import * as store from './store';

/**
 * Revokes every token this member minted in the entered organisation and that has not run out, in the transaction of an act of its own
 * right, which records it. Call it last: it takes the policy head's lock. Says how many it were in each project, and the change that ends them.
 */
export async function revokeTokensOf(
  tx: Tx,
  userId: string,
  by: { organisationId: string; userId: string },
  reason: string,
): Promise<{ projects: { projectId: string; count: number }[]; seq: number }> {
  const tokens = await store.mintedBy(tx, userId, new Date(systemClock.now()));
  if (tokens.length === 0) return { projects: [], seq: 0 };
  const counts = new Map<string, number>();
  for (const { projectId } of tokens) counts.set(projectId, (counts.get(projectId) ?? 0) + 1);
  const seq = await revokeTokens(tx, by, tokens, reason);
  return { projects: [...counts].map(([projectId, count]) => ({ projectId, count })), seq };
}
