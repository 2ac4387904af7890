/**
 * What customers are told of sessions on machines that hold their data: that one was, from when to when, and, once its record was read, what the
 * gateway marked in it. Commands may name another's data, so they are told only where a machine holds the data of one customer alone.
 */
import { newUuid } from '@/lib/platform';
import * as store from './session-store';
import { type Queryable, record } from './store';

/** Tells of up to so many; answers how many it told of. */
export async function tellSessions(client: Queryable, limit: number): Promise<number> {
  const ended = await store.takeEnded(client, limit);
  for (const one of ended) {
    const { staff, sessionId: session, target, way } = one;
    await tell(client, one, {
      schema: 'provider_access.session@1',
      fields: { staff, session, target, way, from: one.startedAt.toISOString(), until: one.endedAt.toISOString() },
    });
  }
  const counted = await store.takeCounted(client, limit);
  for (const one of counted) {
    const { staff, sessionId: session, target, shared, commands, files, commandLines } = one;
    await tell(client, one, {
      schema: 'provider_access.counted@1',
      fields: {
        staff,
        session,
        target,
        shared,
        commands,
        files,
        ...(commandLines?.length ? { lines: commandLines } : {}),
      },
    });
  }
  return ended.length + counted.length;
}

type Told = Pick<
  Parameters<typeof record<'provider_access.session@1' | 'provider_access.counted@1'>>[1],
  'schema' | 'fields'
>;

const tell = (client: Queryable, { requestId, organisationId }: store.Told, told: Told): Promise<string> =>
  record(client, {
    ...told,
    ...{ outcome: 'success', organisationId, actId: newUuid(Date.now()) },
    ...{ actor: { kind: 'system', id: 'access' }, object: { type: 'access-request', id: requestId } },
  });
