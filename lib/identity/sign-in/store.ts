import 'server-only';
import { door, withoutTenant } from '@/lib/db';
import type { Realm } from '../request/origins';

/** The account an address and a realm stand for. */
export async function findSignIn(realm: Realm, email: string) {
  const row = await withoutTenant((tx) => door.findSignIn(tx, realm, email));
  return row ? { userId: row.user_id, passwordHash: row.password_hash, status: row.status } : null;
}
