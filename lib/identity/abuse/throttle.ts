import 'server-only';
import { errors } from '../errors';
import { addressPrefix, throttleKey } from '../request/address';
import * as store from '../store';
import { createQueue } from './serial';

/** Guesses at one account that may wait for their turn; more are turned away without costing a hash. */
const serially = createQueue(20);

export interface Attempt {
  /** What is guessed at: an account of a realm, or a person's second factor. */
  readonly subject: string;
  /** The client's address, from `clientAddress`. */
  readonly address: string;
}

const keysOf = ({ subject, address }: Attempt) => [
  throttleKey('account', subject),
  // Clients whose address is unknown must not share a counter: one of them could lock out all.
  ...(address === 'unknown' ? [] : [throttleKey('address', address), throttleKey('network', addressPrefix(address))]),
];

/**
 * Runs one attempt under the counters of its subject, address and network. `attempt` answers null for a failure, which
 * counts; success clears the subject's counter only, so that one good account does not wipe the traces of a spray.
 * Throws `identity.throttled` (with Retry-After) while a counter blocks, before any work is done.
 */
export async function throttled<T>(attempt: Attempt, work: () => Promise<T | null>): Promise<T | null> {
  const keys = keysOf(attempt);
  const [subject] = keys;
  const outcome = await serially(subject!, async () => {
    const until = await store.throttledUntil(keys);
    if (until) {
      throw errors('identity.throttled', {
        retryAfterSeconds: Math.max(1, Math.ceil((until.getTime() - Date.now()) / 1000)),
      });
    }
    const result = await work();
    if (result === null) await store.countFailure(keys);
    else await store.clearFailures([subject!]);
    return { result };
  });
  if (!outcome) throw errors('identity.throttled', { retryAfterSeconds: 30 });
  return outcome.result;
}
