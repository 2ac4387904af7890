import 'server-only';
import { isCordonError } from '@/lib/platform';
import { errors } from '../errors';
import { addressPrefix, addressUnit } from '../request/address';
import type { Attempt as Noted } from './detect';
import { lookForAttacks, sawNetwork } from './detection';
import { keyOf } from './keys';
import * as store from './store';

export interface Attempt {
  /**
   * What is guessed at, `<lane>|<what>`: `password|<realm>|<email>`, `factor|<user id>`, or another lane. Lanes do not hold their failures
   * against each other, so guessed passwords keep nobody behind the same address from using a passkey.
   */
  readonly subject: string;
  /** The client's address, from `clientAddress`. */
  readonly address: string;
  readonly userAgent?: string;
  /** With a password: whose, for knowing the networks they sign in from. */
  readonly whose?: store.Whose;
  /** What a failure turned out to be; asked after the work. */
  readonly failedAs?: () => 'wrong' | 'unknown';
}

/**
 * Runs one attempt under the counters of its subject, address and network. The attempt is charged to its subject before the work begins, so
 * that guesses sent at one moment, to however many consoles, meet the counter their predecessors raised. `work` answers null for a failure;
 * success forgets the subject's failures only, so that one good account does not wipe the traces of a spray.
 * Throws `identity.throttled` (with Retry-After) or `identity.closed` before any work is done.
 */
export async function throttled<T>(attempt: Attempt, work: () => Promise<T | null>): Promise<T | null> {
  const { address, whose } = attempt;
  const keys = keysOf(attempt);
  const admitted = await store.admit(keys, whose ? { ...whose, prefix: addressPrefix(address) } : null);
  if (admitted.charged === null) throw refusal(admitted);
  let result: T | null;
  try {
    result = await work();
  } catch (error) {
    // A refusal of ours comes before anything was verified; of anything else that broke, nobody knows.
    if (isCordonError(error)) await store.voided(admitted.charged);
    throw error;
  }
  if (result !== null) {
    await store.passed(admitted.charged, whose ? keys : null);
    return result;
  }
  const outcome: Noted['outcome'] = attempt.failedAs?.() ?? 'factor';
  await store.note(outcome, keys);
  if (admitted.closing && whose) await store.closed(whose, address);
  sawNetwork(keys.network, addressPrefix(address));
  lookForAttacks();
  return null;
}

function keysOf({ subject, address, userAgent = '', whose }: Attempt): store.Keys {
  const lane = subject.split('|', 1)[0]!;
  const kind = lane === 'password' ? 'account' : lane === 'factor' ? 'code' : 'other';
  // Clients whose address is unknown must not share a counter: one of them could lock out all.
  const placed = address !== 'unknown';
  return {
    account: keyOf(kind, subject),
    known: whose ? keyOf('known', subject) : null,
    address: placed ? keyOf('address', `${lane}|${addressUnit(address)}`) : null,
    network: placed ? keyOf('network', `${lane}|${addressPrefix(address)}`) : null,
    agent: keyOf('agent', userAgent),
  };
}

const refusal = ({ until, closed }: { until: Date | null; closed: boolean }) =>
  closed
    ? errors('identity.closed')
    : errors('identity.throttled', {
        retryAfterSeconds: Math.max(1, Math.ceil(((until?.getTime() ?? 0) - Date.now()) / 1000)),
      });

/** The counters that a proof of being this person reopens. */
export const countersOf = (who: store.Whose & { readonly userId: string }): string[] => {
  const subject = `password|${who.realm}|${who.email}`;
  return [keyOf('account', subject), keyOf('known', subject), keyOf('code', `factor|${who.userId}`)];
};
