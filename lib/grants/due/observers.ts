import { newUuid } from '@/lib/platform';
import * as store from './store';

/**
 * Whoever watches a channel, as the edges report it, into the sessions and the logs: the provider's, and that of the organisation whose channel it
 * is. Each beginning and each end is told once. Edges speak of names and times alone; that somebody was in means nothing but that they were in.
 */
export async function followObservers(pool: store.Pool): Promise<void> {
  await store.inTransaction(pool, async (client) => {
    for (const one of await store.takeObserved(client)) {
      if (one.known === null) await tell(client, one, 'began');
      if (one.ended !== null) await tell(client, one, 'ended');
    }
  });
}

async function tell(client: store.Queryable, one: store.Observed, what: 'began' | 'ended'): Promise<void> {
  const { session, request, target, channel, edge, began, ended, why, organisationId, staffId, projectId } = one;
  const common = {
    outcome: 'success',
    actId: newUuid(Date.now()),
    actor: { kind: 'edge', id: edge },
    object: { type: 'access-request', id: request },
  } as const;
  const customers = organisationId !== null && staffId !== null ? { ...common, organisationId, projectId } : null;
  if (what === 'began') {
    const fields = { target, session, channel };
    await store.record(client, { ...common, schema: 'production.watching@1', fields });
    if (customers)
      await store.record(client, {
        ...customers,
        schema: 'provider_access.watching@1',
        fields: { staff: staffId!, ...fields },
      });
    return;
  }
  const seconds = Math.round((ended!.getTime() - began.getTime()) / 1000);
  const fields = { target, session, channel, seconds, why };
  await store.record(client, { ...common, schema: 'production.watched@1', fields });
  if (customers)
    await store.record(client, {
      ...customers,
      schema: 'provider_access.watched@1',
      fields: { staff: staffId!, ...fields },
    });
}
