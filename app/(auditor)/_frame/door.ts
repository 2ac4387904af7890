import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { type MemberPage, membershipsOf, requireMember, requirePrincipal } from '@/lib/identity';

/** Who audits which organisation. */
export interface AuditorPage extends MemberPage {
  /** Other organisations this person audits. */
  readonly others: readonly { slug: string; name: string }[];
}

export type AuditorPath =
  | '/auditor'
  | '/auditor/samples'
  | '/auditor/access-records'
  | '/auditor/past-access'
  | '/auditor/who-can-do-what';

/**
 * For members in the role auditor, and nobody else: every other role finds the same nothing as a stranger. Without a slug the
 * only engagement is meant, or a choice has to be made. Once per request.
 */
export const auditor = cache(async (path: AuditorPath, slug: string | undefined): Promise<AuditorPage> => {
  const principal = await requirePrincipal();
  if (principal.realm !== 'customer') notFound();
  const audits = (await membershipsOf(principal.secret)).filter(({ role }) => role === 'auditor');
  if (audits.length === 0) notFound();
  if (slug === undefined) redirect(audits.length === 1 ? `${path}?organisation=${audits[0]!.slug}` : '/choose');
  if (!audits.some((membership) => membership.slug === slug)) notFound();
  return { ...(await requireMember(slug)), others: audits.filter((membership) => membership.slug !== slug) };
});

/** The organisation named in the address. */
export const slugOf = (organisation: string | readonly string[] | undefined): string | undefined =>
  typeof organisation === 'string' && organisation !== '' ? organisation : undefined;
