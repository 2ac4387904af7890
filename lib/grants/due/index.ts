/**
 * What control does about access to production: ends what a lapse, a lock or a departure ends, copies where everything stands from the keyring,
 * and writes it into the logs: the provider's, and those of the customers concerned. What waits for too long it tells to everybody else. Any number of controls may run: taking away twice is
 * taking away once, and each log is told once.
 */
import { type Keyring, KeyringError } from '@/lib/keyring';
import { type Log, newUuid, Pulse } from '@/lib/platform';
import type { Described } from '../ledger';
import { followDelegations } from './delegations';
import { escalate } from './escalations';
import { followObservers } from './observers';
import { tellSessions } from './sessions';
import * as store from './store';

const POLL_MILLISECONDS = 1_000;
/** The keyring describes so many at once. */
const AT_ONCE = 200;
/** Records written in one transaction. */
const TOLD_AT_ONCE = 100;

export interface AccessWatch {
  stop(): Promise<void>;
}

interface Options {
  pool: store.Pool;
  keyring: Pick<Keyring, 'call'>;
  log: Pick<Log, 'info' | 'warn'>;
}

/** Looks every second. Without the keyring nothing is known and nothing is written; what runs ends at its deadline all the same. */
export function startAccessWatch(options: Options): AccessWatch {
  const pulse = new Pulse();
  async function run(): Promise<void> {
    while (!pulse.over) {
      try {
        await due(options);
      } catch (error) {
        options.log.warn('access.failed', { error });
      }
      await pulse.rest(POLL_MILLISECONDS);
    }
  }
  const running = run();
  return {
    async stop() {
      pulse.end();
      await running;
    },
  };
}

/** One look. */
export async function due({ pool, keyring, log }: Options): Promise<void> {
  // What edges report is written down whether or not the keyring answers, and what is due is due whether or not that could be written.
  await followObservers(pool).catch((error: unknown) => log.warn('access.observers_failed', { error }));
  for (const userId of await store.leavers(pool)) {
    await keyring.call('grant.leave', { userId });
    await store.noteLeaver(pool, userId);
  }
  await followDelegations({ pool, keyring });
  for (const { request, why } of await store.due(pool)) {
    await endOne(keyring, request, why);
    log.info('access.ended', { name: request, code: why });
  }
  const open = await store.open(pool);
  const described: Described[] = [];
  for (let i = 0; i < open.length; i += AT_ONCE)
    described.push(...(await keyring.call('grant.describe', { requests: open.slice(i, i + AT_ONCE) })).requests);
  if (described.length > 0) await store.note(pool, described);
  // Who hears of a request late is no reason to end something late.
  await escalate(pool, keyring, described).catch((error: unknown) => log.warn('access.escalations_failed', { error }));
  await store.warn(pool);
  await store.closeObservations(pool);
  while ((await tellLogs(pool)) === TOLD_AT_ONCE);
  while ((await store.inTransaction(pool, (client) => tellSessions(client, TOLD_AT_ONCE))) >= TOLD_AT_ONCE);
}

/** One the keyring knows nothing of opens nothing: there is nothing to end. */
async function endOne(
  keyring: Options['keyring'],
  request: string,
  why: 'lapsed' | 'locked' | 'unused',
): Promise<void> {
  try {
    await keyring.call('grant.end', { request, why });
  } catch (error) {
    if (!(error instanceof KeyringError) || error.refusal !== ('grant.unknown' as KeyringError['refusal'])) throw error;
  }
}

/** Writes what the logs were not told, with one act for all logs it concerns. Answers how many. */
async function tellLogs(pool: store.Pool): Promise<number> {
  return store.inTransaction(pool, async (client) => {
    const settled = await store.takeUntold(client, TOLD_AT_ONCE);
    const acts = new Map<string, string>();
    for (const one of settled) {
      const actId = acts.get(one.id) ?? newUuid(Date.now());
      acts.set(one.id, actId);
      await tell(client, one, actId);
    }
    return settled.length;
  });
}

async function tell(client: store.Queryable, one: store.Settled, actId: string): Promise<void> {
  const { id, state, why, organisationId, staffId } = one;
  const common = {
    outcome: 'success',
    actId,
    actor: { kind: 'system', id: 'access' },
    object: { type: 'access-request', id },
  } as const;
  const fields = { state, why, from: one.startsAt?.toISOString() ?? null, until: one.deadline?.toISOString() ?? null };
  if (organisationId !== null && staffId !== null) {
    await store.record(client, {
      ...common,
      schema: 'provider_access.settled@1',
      organisationId,
      fields: { staff: staffId, ...fields },
    });
    return;
  }
  await store.record(client, { ...common, schema: 'grant.settled@1', fields });
  if (state === 'ended') await store.tellEnded(client, id, one.targets, why ?? 'expired');
}
