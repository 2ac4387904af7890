import type { ReactNode } from 'react';
import { ScopeBar } from '@/app/_parts/audit/scope-bar';
import { frameBeat, frameUser } from '@/app/_parts/frame-parts';
import { SignedIn } from '@/app/_parts/signed-in';
import { Frame } from '@/app/_ui/frame';
import type { NavGroup } from '@/app/_ui/nav';
import { beat } from '@/lib/fleet';
import { membershipsOf } from '@/lib/identity';
import { listProjects } from '@/lib/projects';
import type { ProjectView } from '@/lib/projects/schemas';
import type { CustomerPage } from './door';

/** The customer's frame: an organisation's rail, or that of the project one is in. */
export async function CustomerFrame({
  page,
  project,
  children,
}: {
  page: CustomerPage;
  project?: ProjectView;
  children: ReactNode;
}) {
  const { organisation, principal, base, role, caller } = page;
  const [projects, memberships, enforced] = await Promise.all([
    listProjects(caller, { limit: 50 }),
    membershipsOf(principal.secret),
    beat(caller),
  ]);
  const others = memberships.filter(({ slug }) => slug !== organisation.slug);

  return (
    <Frame
      area={role === 'auditor' ? 'auditor' : 'customer'}
      nav={project ? [projectNav(`${base}/projects/${project.id}`), organisationNav(base)] : [organisationNav(base)]}
      trail={[
        { label: organisation.name, href: base },
        ...(project ? [{ label: project.name, href: `${base}/projects/${project.id}` }] : []),
      ]}
      picker={{
        name: project?.name ?? organisation.name,
        sub: project ? organisation.name : 'Organisation',
        icon: project ? 'overview' : 'users',
        items: [
          ...projects.items.map(({ id, name }) => ({ label: name, href: `${base}/projects/${id}` })),
          'line' as const,
          { label: 'All projects', href: base },
          ...others.map(({ slug, name }) => ({ label: name, href: `/${slug}` })),
        ],
      }}
      beat={frameBeat(enforced)}
      user={frameUser(principal, role)}
    >
      <SignedIn secret={principal.secret} organisationId={organisation.id} />
      {role === 'auditor' ? <ScopeBar secret={principal.secret} organisationId={organisation.id} /> : null}
      {children}
    </Frame>
  );
}

const projectNav = (path: string): NavGroup => ({
  items: [
    { label: 'Overview', href: path, icon: 'overview', exact: true, go: 'o' },
    { label: 'Certificates', href: `${path}/certificates`, icon: 'cert', go: 'c' },
    { label: 'Tokens', href: `${path}/tokens`, icon: 'token', go: 't' },
    { label: 'Fence', href: `${path}/fence`, icon: 'fence', go: 'f' },
    { label: 'Sessions', href: `${path}/sessions`, icon: 'users', go: 's' },
    { label: 'Revocations', href: `${path}/revocations`, icon: 'lock', go: 'r' },
    { label: 'Try it', href: `${path}/try`, icon: 'play', go: 'y' },
    { label: 'API keys', href: `${path}/api-keys`, icon: 'key', go: 'k' },
    { label: 'Project settings', href: `${path}/settings`, icon: 'gear', go: 'x' },
  ],
});

const organisationNav = (base: string): NavGroup => ({
  label: 'Organisation',
  items: [
    { label: 'Projects', href: base, icon: 'pack', exact: true, go: 'p' },
    { label: 'Members', href: `${base}/members`, icon: 'users', go: 'm' },
    { label: 'Provider access', href: `${base}/provider-access`, icon: 'inbox', go: 'v' },
    { label: 'Audit log', href: `${base}/audit`, icon: 'log', go: 'a' },
    { label: 'Security policy', href: `${base}/security`, icon: 'scroll', go: 'e' },
  ],
});
