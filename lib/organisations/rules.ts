/**
 * Who may be what in an organisation. Pure. The database holds the last rules too (one owner stays, memberships only of
 * the entered organisation); these say beforehand what the page can offer, and why not.
 */
export type MemberRole = 'owner' | 'administrator' | 'developer' | 'auditor';

export const MEMBER_ROLES: readonly { role: MemberRole; says: string }[] = [
  { role: 'owner', says: 'Everything, including owners and closing the organisation' },
  { role: 'administrator', says: 'Projects, certificates, fences, members; no owners' },
  { role: 'developer', says: 'Projects, tokens and test calls; no certificates revealed' },
  { role: 'auditor', says: 'Reads and exports the access records; changes nothing' },
];

/** First path segments that mean something else on the customer origin, so no organisation may be called that. */
const RESERVED: ReadonlySet<string> = new Set([
  'about',
  'account',
  'admin',
  'api',
  'app',
  'audit',
  'auditor',
  'auth',
  'choose',
  'console',
  'cordon',
  'docs',
  'enrol',
  'favicon',
  'healthz',
  'help',
  'icon',
  'invite',
  'legal',
  'login',
  'logout',
  'me',
  'metrics',
  'new',
  'null',
  'organisations',
  'privacy',
  'public',
  'readyz',
  'recover',
  'robots',
  'second-factor',
  'security',
  'settings',
  'setup',
  'shared-record',
  'sign-in',
  'sign-out',
  'sitemap',
  'staff',
  'static',
  'status',
  'step-up',
  'support',
  'terms',
  'transparency',
  'trust',
  'turned-away',
  'undefined',
  'verify',
  'well-known',
  'www',
]);

export type SlugProblem = 'form' | 'reserved';

/** 3 to 40 characters: lower-case letters and digits, single hyphens between them, starting with a letter. */
export function slugProblem(slug: string): SlugProblem | null {
  if (slug.length < 3 || slug.length > 40 || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(slug)) return 'form';
  return RESERVED.has(slug) ? 'reserved' : null;
}

/** A slug made from a name, as a suggestion. Empty when nothing of the name can be used. */
export function suggestSlug(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return slugProblem(slug) === null ? slug : '';
}

/** Why `actor` may not give, change or take `role`, or null when they may. */
export function roleRefusal(actor: MemberRole, role: MemberRole): string | null {
  if (actor === 'owner') return null;
  if (actor !== 'administrator') return 'Only owners and administrators manage members.';
  return role === 'owner' ? 'Only an owner makes, changes or removes an owner.' : null;
}

/** Why this member may not lose the owner role, or null when they may. */
export const lastOwnerRefusal = (member: { role: MemberRole }, owners: number): string | null =>
  member.role === 'owner' && owners <= 1 ? 'An organisation keeps at least one owner.' : null;
