import 'server-only';
import { door, type Tx } from '@/lib/db';
import type { Realm } from '../request/origins';
import { keyOf } from './keys';
import { THROTTLE } from './limits';
import { type Location, locate, locateNetwork } from './location';
import * as store from './store';
import { countersOf } from './throttle';
import { impossibleJourney, type Journey } from './travel';

/** A sign-in that the person is told about because they cannot have come here from where they were. */
export interface Unusual extends Journey {
  readonly country: string;
  readonly before: string;
}

/**
 * What the defence does with a sign-in that is complete, in its transaction, which acts as the person: closed paths reopen, the detector learns
 * that the failures before were theirs, and the session gets its country. Answers what is unusual about it, or null.
 */
export async function signedIn(
  tx: Tx,
  who: { userId: string; realm: Realm; email: string; address?: string },
  sessionId: string,
): Promise<Unusual | null> {
  await door.reopen(tx, countersOf(who));
  const since = new Date(Date.now() - THROTTLE.knownDays * 86_400_000);
  const sessions = await store.sessionsSince(tx, who.userId, since);
  const here = sessions.find(({ id }) => id === sessionId);
  if (!here) return null;
  await remember(tx, who, here);
  const where = locate(who.address ?? '') ?? locateNetwork(here.addressPrefix);
  if (!where) return null;
  await door.placeSession(tx, where.country);
  return unusual(
    sessions.filter(({ id }) => id !== sessionId),
    here,
    where,
  );
}

type Row = Awaited<ReturnType<typeof store.sessionsSince>>[number];

function remember(tx: Tx, { realm, email }: { realm: Realm; email: string }, here: Row): Promise<void> {
  const placed = here.addressPrefix !== 'unknown';
  const keys = {
    account: keyOf('account', `password|${realm}|${email}`),
    address: null,
    network: placed ? keyOf('network', `password|${here.addressPrefix}`) : null,
    agent: keyOf('agent', here.userAgent),
  };
  return door.noteAttempt(tx, 'done', keys, THROTTLE);
}

/** `earlier`: newest first. */
function unusual(earlier: readonly Row[], here: Row, where: Location): Unusual | null {
  const [last] = earlier;
  if (!last || earlier.some(({ addressPrefix }) => addressPrefix === here.addressPrefix)) return null;
  const before = locateNetwork(last.addressPrefix);
  if (!before || (before.country !== where.country && earlier.some(({ country }) => country === where.country)))
    return null;
  const journey = impossibleJourney(
    { at: last.createdAt.getTime(), where: before },
    { at: here.createdAt.getTime(), where },
  );
  return journey && { ...journey, country: where.country, before: before.country };
}
