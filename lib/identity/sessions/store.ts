import 'server-only';
import { type StepUpAsk, spendStepUp } from '@/lib/authz';
import { asPerson, door, type Tx, withoutTenant } from '@/lib/db';
import { isCordonError } from '@/lib/platform';
import { appendOwn, type NewSession, type Somebody } from '../store';
import type { LiveSession, OwnSession } from './sessions';

/** Sessions: the row of a secret, the list of one's own, ending them. */
export async function readSession(secret: string): Promise<LiveSession | null> {
  const row = await withoutTenant((tx) => door.session(tx, secret));
  if (!row) return null;
  return {
    sessionId: row.session_id,
    userId: row.user_id,
    realm: row.realm,
    aal: row.aal,
    raisedBy: row.raised_by,
    email: row.email,
    name: row.name,
    staffRole: row.staff_role,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    hasTotp: row.has_totp,
    passkeys: row.passkeys,
    passkeysPending: row.passkeys_pending,
  };
}

/** Gives whether the person has a second factor, one that waits to be endorsed included. */
export function startSession(input: {
  secret: string;
  userId: string;
  session: NewSession;
  addressPrefix: string;
  userAgent: string;
  ttlSeconds: number;
}): Promise<boolean> {
  const { secret, ...row } = input;
  return withoutTenant(async (tx) => {
    await door.startSession(tx, row);
    const { has_totp, passkeys, passkeys_pending } = (await door.session(tx, secret))!;
    return has_totp || passkeys + passkeys_pending > 0;
  });
}

/** A session good for no work (the password only, or recovery codes) ends silently, as does one that was over already. */
export async function endSession(secret: string): Promise<void> {
  try {
    await asPerson(secret, async (tx, who) => {
      await door.endSession(tx, secret);
      await appendEnded(tx, who, who.sessionId, 'signed-out');
    });
  } catch (error) {
    if (!isCordonError(error) || !error.code.startsWith('session.')) throw error;
    await withoutTenant((tx) => door.endSession(tx, secret));
  }
}

const appendEnded = (tx: Tx, who: Somebody, sessionId: string, how: 'signed-out' | 'by-person' | 'others') =>
  appendOwn(tx, who, { schema: 'session.ended@1', object: { type: 'session', id: sessionId }, fields: { how } });

export const listSessions = (secret: string): Promise<OwnSession[]> =>
  asPerson(secret, async (tx, who) => {
    const rows = await tx.prisma.session.findMany({
      where: { userId: who.userId, aal: 2, revokedAt: null, expiresAt: { gt: new Date() } },
      orderBy: { createdAt: 'desc' },
      select: {
        id: true,
        createdAt: true,
        lastSeenAt: true,
        expiresAt: true,
        addressPrefix: true,
        userAgent: true,
        country: true,
        raisedBy: true,
        passkeyId: true,
      },
      take: 100,
    });
    const passkeys = await tx.prisma.passkey.findMany({
      where: { userId: who.userId },
      select: { id: true, name: true },
    });
    const names = new Map(passkeys.map(({ id, name }) => [id, name]));
    return rows.map(({ passkeyId, raisedBy, ...row }) => ({
      ...row,
      current: row.id === who.sessionId,
      raisedBy: raisedBy as OwnSession['raisedBy'],
      passkeyName: names.get(passkeyId) ?? null,
    }));
  });

export const endSessionById = (secret: string, sessionId: string, ask: StepUpAsk): Promise<void> =>
  asPerson(secret, async (tx, who) => {
    await spendStepUp(tx, secret, ask);
    await door.endSessionById(tx, secret, sessionId);
    await appendEnded(tx, who, sessionId, 'by-person');
  });

export const endOtherSessions = (secret: string, ask: StepUpAsk): Promise<void> =>
  asPerson(secret, async (tx, who) => {
    await spendStepUp(tx, secret, ask);
    await door.endOtherSessions(tx, secret);
    await appendEnded(tx, who, who.sessionId, 'others');
  });
