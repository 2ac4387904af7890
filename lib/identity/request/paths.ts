/**
 * Where to go after signing in. The wish comes from the address bar, so only a path of this very origin counts:
 * anything a browser could read as another host is dropped, as are the sign-in pages themselves.
 */
export function safePath(wish: unknown): string | null {
  if (typeof wish !== 'string' || wish.length > 512) return null;
  if (!/^\/(?![/\\])/.test(wish)) return null;
  // Browsers fold backslashes into slashes and strip control characters before they look for the host.
  for (const character of wish) {
    const code = character.charCodeAt(0);
    if (code < 0x21 || code === 0x5c || code === 0x7f) return null;
  }
  const base = 'http://origin.invalid';
  let url: URL;
  try {
    url = new URL(wish, base);
  } catch {
    return null;
  }
  if (url.origin !== base || url.pathname.startsWith('//')) return null;
  if (/^\/(api|sign-in|sign-out|second-factor|enrol|recover|setup|_next)(\/|$)/.test(url.pathname)) return null;
  return url.pathname + url.search + url.hash;
}

export type MemberRole = 'owner' | 'administrator' | 'developer' | 'auditor';

export interface Membership {
  readonly organisationId: string;
  readonly slug: string;
  readonly name: string;
  readonly role: MemberRole;
}

/** The page where this person's work is: `/staff`, `/<organisation>`, `/auditor`, or `/choose` when there are several. */
export function landingPath(realm: 'staff' | 'customer', memberships: readonly Membership[]): string {
  if (realm === 'staff') return '/staff';
  const [only] = memberships;
  if (memberships.length !== 1 || !only) return '/choose';
  return organisationPath(only);
}

/** Where a member's work in this organisation starts. */
export const organisationPath = (membership: Pick<Membership, 'slug' | 'role'>): string =>
  membership.role === 'auditor' ? `/auditor?organisation=${membership.slug}` : `/${membership.slug}`;
