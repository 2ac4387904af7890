import { type Refusal, refuse } from './deny';
import type { AppPolicy } from './policy-index';
import type { Ends } from './times';
import type { World } from './world';

/**
 * People of the provider who watch a channel. They have names of their own form, which nobody else gets, so that whoever is in the channel
 * sees what they are: the session that was confirmed for it, in no words that name the person. Such a name joins only with the one token that
 * the keyring made for that session, while the policy says that its grant runs, and plays only.
 */
const PREFIX = 'provider-observer-';
const ACCOUNT = /^provider-observer-([0-9a-f]{32})$/;

/** Seconds from the issue of the token in which it joins. */
export const OBSERVER_JOIN_SECONDS = 120;

/** The name of an observer, from the id of the session (`ssn_` and 32 hexadecimal digits). */
export const observerAccount = (session: string): string => PREFIX + session.slice('ssn_'.length);

/** The session behind a name; null when it is none of an observer. */
export function observerSession(account: string): string | null {
  const [, hex] = ACCOUNT.exec(account) ?? [];
  return hex === undefined ? null : `ssn_${hex}`;
}

/** Whether a name is the provider's, or could be taken for one. */
export const isObserverName = (account: string): boolean => account.toLowerCase().startsWith(PREFIX);

interface Watcher {
  readonly account: string;
  readonly tokenId: string | null;
}

/** Until when (Unix seconds) the policy lets this one watch; null for everybody else, who needs no grant. */
export function observation(
  { account, tokenId }: Watcher,
  app: Readonly<AppPolicy>,
  now: number,
): { readonly until: number } | Refusal | null {
  if (!isObserverName(account)) return null;
  const session = observerSession(account);
  const held = session === null ? undefined : app.observations.get(session);
  if (held === undefined || held.until === 0 || held.tokenId !== tokenId) return refuse('observer.no_grant');
  if (held.until <= now) return refuse('observer.no_grant', `The grant of the provider ended at ${held.until}.`);
  return held;
}

/**
 * The ends of a join: as they are, but an observer has nothing to send, and no right beyond the grant. An observer needs a policy that is fresh
 * at this moment, whatever the project allows others: a revocation may be on its way.
 */
export function observed(
  { held, issuedAt, ...watcher }: Watcher & { readonly held: Ends; readonly issuedAt: number | null },
  app: Readonly<AppPolicy>,
  world: Pick<World, 'leaseExpiresAt'>,
  now: number,
): Ends | Refusal {
  const grant = observation(watcher, app, now);
  if (grant === null) return held;
  if ('code' in grant) return grant;
  if (issuedAt === null || now > issuedAt + OBSERVER_JOIN_SECONDS) return refuse('observer.late');
  if (world.leaseExpiresAt === null || world.leaseExpiresAt < now * 1000)
    return refuse('policy.stale', 'Observers of the provider join on a fresh policy only.');
  return { join: Math.min(held.join, grant.until), audio: 0, video: 0, data: 0, login: 0 };
}
