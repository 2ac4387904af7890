import 'server-only';
import type { Terms } from '@/lib/kernel/act';
import { newId } from '@/lib/platform';
import { errors } from '../errors';
import type { Realm } from '../request/origins';
import { hashSecret, newSecret } from './secrets';
import * as store from './store';

export { IDLE_SECONDS, SESSION_SECONDS } from './limits';

/** A live session, as its row says at this moment. */
export interface LiveSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly realm: Realm;
  /** 1: password only, may do nothing but give or set up the second factor. 2: both factors. */
  readonly aal: 1 | 2;
  /** The second factor; empty while it is missing. Recovery codes open nothing but the setting up of a new factor; staff work with a passkey only. */
  readonly raisedBy: '' | 'totp' | 'passkey' | 'recovery';
  readonly email: string;
  readonly name: string;
  readonly staffRole: 'administrator' | 'security' | 'support' | 'auditor' | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly hasTotp: boolean;
  /** Passkeys that can be used. */
  readonly passkeys: number;
  /** Passkeys of staff that wait for a second person's word. */
  readonly passkeysPending: number;
}

/** A line of one's own list of sessions. */
export interface OwnSession {
  readonly id: string;
  readonly current: boolean;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** When it ends however busy it is; being idle ends it sooner (`IDLE_SECONDS`). */
  readonly expiresAt: Date;
  readonly addressPrefix: string;
  readonly userAgent: string;
  /** ISO 3166 code of where it began; empty without a location database. */
  readonly country: string;
  readonly raisedBy: 'totp' | 'passkey' | 'recovery';
  /** The passkey that raised it, if it still exists. */
  readonly passkeyName: string | null;
}

/** A secret for the browser with what the database stores of it. */
export function newSession() {
  const secret = newSecret();
  return { secret, row: { id: newId('ses'), secretHash: hashSecret(secret) } };
}

/** The session of a secret, or null when it never was, has ended, or was idle too long. Asks the database every time. */
export const readSession = (secret: string): Promise<LiveSession | null> => store.readSession(secret);

/** The session of a secret that holds the password only. Throws `identity.session.none` or `identity.session.complete`. */
export async function firstFactorSession(secret: string): Promise<LiveSession> {
  const session = await readSession(secret);
  if (!session) throw errors('identity.session.none');
  if (session.aal !== 1) throw errors('identity.session.complete');
  return session;
}

/** The session of a secret that holds both factors. Throws `identity.session.none` or `identity.session.first_factor`. */
export async function fullSession(secret: string): Promise<LiveSession> {
  const session = await readSession(secret);
  if (!session) throw errors('identity.session.none');
  if (session.aal !== 2) throw errors('identity.session.first_factor');
  return session;
}

/** Ends this session. An ended or unknown one stays ended; nothing is said about which it was. */
export async function endSession(secret: string): Promise<void> {
  await store.endSession(secret);
}

/** The signed-in person's live sessions, newest first. */
export const listSessions = (secret: string): Promise<OwnSession[]> => store.listSessions(secret);

/** Ends another session of the same person; one that is no longer there is left in peace. Asks for a step-up. */
export async function endSessionById(secret: string, sessionId: string): Promise<void> {
  const session = (await store.listSessions(secret)).find(({ id }) => id === sessionId);
  if (!session) return;
  const terms: Terms = [
    ['Session of', session.addressPrefix],
    ['Signed in', session.createdAt.toISOString()],
  ];
  await store.endSessionById(secret, sessionId, { action: 'session.end', object: sessionId, terms });
}

/** Ends every session of this person but this one. Asks for a step-up. */
export async function endOtherSessions(secret: string): Promise<void> {
  const { userId } = await fullSession(secret);
  const terms: Terms = [['Sessions', 'all end but this one']];
  await store.endOtherSessions(secret, { action: 'session.end', object: userId, terms });
}
