import 'server-only';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { isCordonError } from '@/lib/platform';
import { type LiveSession, readSession } from '../sessions/sessions';
import { missingStep } from './missing-step';
import { landingPath, type MemberRole, type Membership } from './paths';
import { cookieSecret, requestedPath, requestRealm } from './request';
import * as store from './store';
import { memberHere, staffHere } from './threshold';

/** Who a request acts for: the session's row as it is now, with the secret that database functions ask for. */
export interface Principal extends LiveSession {
  /** The session's secret. Never into props of client components, logs or URLs. */
  readonly secret: string;
}

/**
 * The person behind this request, or null. The row decides, once per request; a cookie of the other realm is nobody.
 * `aal` 1 means that the second factor is missing: such a principal may do nothing but give it.
 */
export const currentPrincipal = cache(async (): Promise<Principal | null> => {
  const realm = await requestRealm();
  const secret = await cookieSecret(realm);
  if (!secret) return null;
  const session = await readSession(secret);
  return session?.realm === realm ? { ...session, secret } : null;
});

/** The organisations of the person with this session, by name. Empty for staff. */
export const membershipsOf = cache((secret: string): Promise<Membership[]> => store.listMemberships(secret));

/** Where a principal with both factors goes on: to what is still missing, else to where their work is. */
export async function landingOf(principal: Principal): Promise<string> {
  const missing = missingStep(principal);
  if (missing) return missing;
  return landingPath(principal.realm, principal.realm === 'staff' ? [] : await membershipsOf(principal.secret));
}

/** For pages: a principal whose session is good for work. Others are sent to sign in, or to what is missing, and come back. */
export async function requirePrincipal(): Promise<Principal> {
  const principal = await currentPrincipal();
  const wish = `callbackUrl=${encodeURIComponent(await requestedPath())}`;
  if (!principal) redirect(`/sign-in?${wish}`);
  const missing = missingStep(principal);
  if (missing) redirect(`${missing}?${wish}`);
  return principal;
}

/** Layouts and pages ask alike, and each once. */
const memberOnce = cache((person: Principal, organisationId: string) => memberHere(person, organisationId, 'page'));
const staffOnce = cache((person: Principal) => staffHere(person, 'page'));

/** Whom an access policy turns away is told on a page of its own what it asks for. */
async function orTurnedAway(entering: Promise<unknown>, page: string): Promise<void> {
  try {
    await entering;
  } catch (error) {
    if (isCordonError(error) && error.code.startsWith('policy.')) redirect(page);
    throw error;
  }
}

export interface MemberPage {
  readonly principal: Principal;
  readonly organisation: { readonly id: string; readonly slug: string; readonly name: string };
  readonly role: MemberRole;
}

/** For pages of an organisation: who is asking and as what. Organisations of others do not exist (404); its access policy holds. */
export async function requireMember(orgSlug: string): Promise<MemberPage> {
  const principal = await requirePrincipal();
  if (principal.realm !== 'customer') notFound();
  const found = (await membershipsOf(principal.secret)).find((membership) => membership.slug === orgSlug);
  if (!found) notFound();
  await orTurnedAway(
    memberOnce(principal, found.organisationId),
    `/turned-away?organisation=${encodeURIComponent(found.slug)}`,
  );
  return {
    principal,
    organisation: { id: found.organisationId, slug: found.slug, name: found.name },
    role: found.role,
  };
}

/** For staff pages. Anybody else finds nothing there (404). */
export async function requireStaff(): Promise<Principal & { staffRole: NonNullable<Principal['staffRole']> }> {
  const principal = await requirePrincipal();
  const { staffRole } = principal;
  if (principal.realm !== 'staff' || !staffRole) notFound();
  await orTurnedAway(staffOnce(principal), '/turned-away');
  return { ...principal, staffRole };
}
