import 'server-only';
import { newId } from '@/lib/platform';
import { errors } from '../errors';
import type { Realm } from '../request/origins';
import * as store from '../store';
import { hashSecret, newSecret } from './secrets';

/** Longest life of a session, in seconds. Idle limits (1 h customers, 15 min staff) are the database's. */
export const SESSION_SECONDS = 8 * 3600;

/** A live session, as its row says at this moment. */
export interface LiveSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly realm: Realm;
  /** 1: password only, may do nothing but give or set up the second factor. 2: both factors. */
  readonly aal: 1 | 2;
  readonly email: string;
  readonly name: string;
  readonly staffRole: 'administrator' | 'security' | 'support' | 'auditor' | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly hasTotp: boolean;
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
export const listSessions = (secret: string) => store.listSessions(secret);

/** Ends another session of the same person. */
export const endSessionById = (secret: string, sessionId: string) => store.endSessionById(secret, sessionId);

/** Ends every session of this person but this one. */
export const endOtherSessions = (secret: string) => store.endOtherSessions(secret);
