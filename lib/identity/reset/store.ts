import 'server-only';
import { door, withoutTenant } from '@/lib/db';
import type { Realm } from '../request/origins';
import { appendOwn, type NewSession, type Somebody } from '../store';

/** Reset links: asking for one, what it stands for, and the password that comes of it. */
export const askPasswordReset = (realm: Realm, email: string, reset: NewSession): Promise<string | null> =>
  withoutTenant((tx) => door.askPasswordReset(tx, realm, email, reset));

export async function findPasswordReset(linkSecret: string) {
  const row = await withoutTenant((tx) => door.findPasswordReset(tx, linkSecret));
  return row ? { userId: row.user_id, realm: row.realm, email: row.email, expiresAt: row.expires_at } : null;
}

/** Gives whether the person has a second factor, one that waits to be endorsed included. */
export const startSessionWithReset = (
  linkSecret: string,
  secret: string,
  row: { session: NewSession; addressPrefix: string; userAgent: string; ttlSeconds: number },
): Promise<boolean> =>
  withoutTenant(async (tx) => {
    await door.startSessionWithReset(tx, linkSecret, row);
    const { has_totp, passkeys, passkeys_pending } = (await door.session(tx, secret))!;
    return has_totp || passkeys + passkeys_pending > 0;
  });

export const resetPassword = (linkSecret: string, secret: string, who: Somebody, passwordHash: string): Promise<void> =>
  withoutTenant(async (tx) => {
    await door.resetPassword(tx, linkSecret, secret, passwordHash);
    await appendOwn(tx, who, { schema: 'password.reset@1', object: { type: 'user', id: who.userId }, fields: {} });
  });
