import 'server-only';
import {
  cookieSecret,
  identityErrors,
  landingPath,
  membershipsOf,
  type Realm,
  requestRealm,
  setSessionCookie,
} from '@/lib/identity';
import { type Signed, signed } from '@/lib/identity/schemas';

/** The session this browser holds, for the acts that finish signing in. Throws `identity.session.none`. */
export async function halfway(): Promise<{ realm: Realm; secret: string }> {
  const realm = await requestRealm();
  const secret = await cookieSecret(realm);
  if (!secret) throw identityErrors('identity.session.none');
  return { realm, secret };
}

/** Gives the browser its raised session and says where to go: the page asked for, or where this person's work is. */
export async function enter(realm: Realm, secret: string, wish: string | null): Promise<string> {
  await setSessionCookie(realm, secret);
  return wish ?? landingPath(realm, realm === 'staff' ? [] : await membershipsOf(secret));
}

/** What a browser sent as the answer of a passkey, checked for its shape. Throws `identity.input`. */
export function readSigned(input: unknown): Signed {
  const read = signed.safeParse(input);
  if (!read.success) throw identityErrors('identity.input');
  return read.data;
}
