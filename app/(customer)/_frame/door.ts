import { notFound } from 'next/navigation';
import { cache } from 'react';
import type { Caller } from '@/lib/authz';
import { type MemberPage, requireMember } from '@/lib/identity';
import { isCordonError } from '@/lib/platform';
import { getProject } from '@/lib/projects';
import type { ProjectView } from '@/lib/projects/schemas';

/** Who asks on a customer page, as the use cases want it. */
export interface CustomerPage extends MemberPage {
  readonly caller: Caller & { kind: 'member' };
  /** Path of the organisation. */
  readonly base: string;
}

/** Signs in first if needed; an organisation of others is a 404. Once per request. */
export const customer = cache(async (orgSlug: string): Promise<CustomerPage> => {
  const page = await requireMember(orgSlug);
  return {
    ...page,
    caller: { kind: 'member', secret: page.principal.secret, organisationId: page.organisation.id },
    base: `/${page.organisation.slug}`,
  };
});

/** A project of the organisation, or the same 404 as one that never existed. Once per request. */
export const customerProject = cache(
  async (orgSlug: string, projectId: string): Promise<CustomerPage & { project: ProjectView; path: string }> => {
    const page = await customer(orgSlug);
    try {
      const project = await getProject(page.caller, projectId);
      return { ...page, project, path: `${page.base}/projects/${project.id}` };
    } catch (error) {
      if (isCordonError(error) && error.status === 404) notFound();
      throw error;
    }
  },
);
