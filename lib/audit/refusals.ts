import { asApiKey, asMember, asPerson, asStaff, type Tx, withoutTenant } from '@/lib/db';
import { isCordonError } from '@/lib/platform';
import { append, type NewEvent } from './append';
import type { EventSchema } from './events';
import { countRefusal } from './flood';

/** Whom a refusal is recorded for: the same credentials the refused act came with. */
export type Credentials =
  | { kind: 'member'; secret: string; organisationId: string }
  | { kind: 'staff' | 'person'; secret: string }
  | { kind: 'api-key'; key: string }
  | null;

function enter(credentials: NonNullable<Credentials>, fn: (tx: Tx) => Promise<void>): Promise<void> {
  switch (credentials.kind) {
    case 'member':
      return asMember(credentials.secret, credentials.organisationId, fn);
    case 'staff':
      return asStaff(credentials.secret, fn);
    case 'person':
      return asPerson(credentials.secret, fn);
    case 'api-key':
      return asApiKey(credentials.key, fn);
  }
}

/**
 * Records a refusal or failure in a transaction of its own, because the refused act's was rolled back or never opened. When the
 * credentials themselves are no good (that may be what was refused), the event goes to the provider's log as anonymous.
 */
export async function appendRefusal<S extends EventSchema>(
  event: NewEvent<S> & { outcome: 'refused' | 'failed' },
  credentials: Credentials,
): Promise<void> {
  try {
    if (!credentials) return await appendAnonymous(event);
    await enter(credentials, async (tx) => void (await append(tx, event)));
  } catch (error) {
    if (!credentials || !isCordonError(error)) throw error;
    const actor = { ...event.actor, kind: 'anonymous' as const, id: error.code };
    await appendAnonymous({ ...event, organisationId: null, projectId: null, actor });
  }
}

/** Of a flood the first only; all are counted (flood.ts). */
const appendAnonymous = <S extends EventSchema>(event: NewEvent<S>): Promise<void> =>
  withoutTenant(async (tx) => {
    if (await countRefusal(tx, event)) await append(tx, event);
  });
