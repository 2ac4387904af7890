import type { Tx } from '@/lib/authz';
import type { ResourceKind } from '@/lib/kernel/bundle/resources';
import { type Draft, projectResources } from './resources';
import * as store from './store';

/** Most resources of one change; the database refuses more. */
const CHANGE_LIMIT = 64;

/**
 * Publishes what a project's rows say now, of the kinds that changed, and gives the change's sequence number. Takes the
 * policy head's lock: nothing slow may follow in this transaction.
 */
export async function publishProject(
  tx: Tx,
  projectId: string,
  kinds: readonly Exclude<ResourceKind, 'revocation' | 'edges'>[],
): Promise<number> {
  const settings = await store.findSettings(tx, projectId);
  const drafts = settings
    ? projectResources(settings).filter(({ kind }) => (kinds as readonly string[]).includes(kind))
    : [];
  return publishAll(tx, drafts);
}

/** Publishes any number of resources, as several changes when one cannot carry them; gives the last one's number. */
export async function publishAll(tx: Tx, drafts: readonly Draft[]): Promise<number> {
  let seq = 0n;
  for (let from = 0; from === 0 || from < drafts.length; from += CHANGE_LIMIT) {
    seq = await store.publish(tx, drafts.slice(from, from + CHANGE_LIMIT));
  }
  return Number(seq);
}

/** The number of the change that last wrote this resource; what an act that changes nothing answers. */
export const lastChange = (tx: Tx, kind: ResourceKind, id: string): Promise<number> =>
  store.resourceSeq(tx, `${kind}/${id}`);
