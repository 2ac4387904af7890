import 'server-only';
import { cookies, headers } from 'next/headers';
import type { Source } from '@/lib/authz';
import { identityConfig } from '../config';
import { errors } from '../errors';
import { endSession, SESSION_SECONDS } from '../sessions/sessions';
import { addressPrefix, clientAddress } from './address';
import { cookieNames, cookieOptions } from './cookies';
import { openSessionCookie, sealSessionCookie } from './next-auth';
import { type Realm, realmOfHost } from './origins';

/** Minutes between opening a link and finishing with it, a sign-in in between included. */
const LINK_SECONDS = 30 * 60;
/** A view lasts no longer (migration 0032). */
const VIEW_SECONDS = 4 * 60 * 60;

/** The realm this request is for, by its Host header. Throws `identity.host`. */
export async function requestRealm(): Promise<Realm> {
  const realm = realmOfHost(identityConfig().origins, (await headers()).get('host'));
  if (!realm) throw errors('identity.host');
  return realm;
}

/** Where the request comes from, as far as it is kept or counted. */
export async function requestSource(head?: Headers): Promise<{ address: string; userAgent: string }> {
  const from = head ?? (await headers());
  return {
    address: clientAddress(from, identityConfig().addressHeader),
    userAgent: from.get('user-agent') ?? '',
  };
}

/** Where the request comes from, as audit events keep it: the network instead of the address. */
export async function auditSource(head?: Headers): Promise<Source> {
  const { address, userAgent } = await requestSource(head);
  return { addressPrefix: addressPrefix(address), userAgent };
}

/** The secret in this request's session cookie, or null. Whether the session lives is another question. */
export async function cookieSecret(realm: Realm): Promise<string | null> {
  const jar = await cookies();
  return openSessionCookie(realm, jar.get(cookieNames(identityConfig().origins, realm).session)?.value);
}

/** Gives the browser a session; another one it held ends. Only in server actions and route handlers. */
export async function setSessionCookie(realm: Realm, secret: string): Promise<void> {
  const { origins } = identityConfig();
  const held = await cookieSecret(realm);
  if (held && held !== secret) await endSession(held);
  (await cookies()).set(cookieNames(origins, realm).session, await sealSessionCookie(realm, secret), {
    ...cookieOptions(origins, realm),
    maxAge: SESSION_SECONDS,
  });
}

export async function clearSessionCookie(realm: Realm): Promise<void> {
  const { origins } = identityConfig();
  (await cookies()).set(cookieNames(origins, realm).session, '', { ...cookieOptions(origins, realm), maxAge: 0 });
}

/** The link's secret between its pages: out of the address bar, unreadable for scripts. */
export async function setLinkCookie(realm: Realm, linkSecret: string): Promise<void> {
  const { origins } = identityConfig();
  (await cookies()).set(cookieNames(origins, realm).link, linkSecret, {
    ...cookieOptions(origins, realm),
    maxAge: LINK_SECONDS,
  });
}

export async function linkCookie(realm: Realm): Promise<string | null> {
  return (await cookies()).get(cookieNames(identityConfig().origins, realm).link)?.value ?? null;
}

export async function clearLinkCookie(realm: Realm): Promise<void> {
  const { origins } = identityConfig();
  (await cookies()).set(cookieNames(origins, realm).link, '', { ...cookieOptions(origins, realm), maxAge: 0 });
}

/** The secret of a view of something shared, unreadable for scripts. Strict: no other site's link brings it along. */
export async function setViewCookie(secret: string): Promise<void> {
  const { origins } = identityConfig();
  const options = { ...cookieOptions(origins, 'customer'), sameSite: 'strict', maxAge: VIEW_SECONDS } as const;
  (await cookies()).set(cookieNames(origins, 'customer').view, secret, options);
}

export async function viewCookie(): Promise<string> {
  return (await cookies()).get(cookieNames(identityConfig().origins, 'customer').view)?.value ?? '';
}

/** The page this request asked for, for coming back after signing in. Set by proxy.ts. */
export async function requestedPath(): Promise<string> {
  return (await headers()).get('x-cordon-path') ?? '/';
}
