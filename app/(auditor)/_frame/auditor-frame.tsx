import { type ReactNode, Suspense } from 'react';
import { ScopeBar } from '@/app/_parts/audit/scope-bar';
import { frameBeat, frameUser } from '@/app/_parts/frame-parts';
import { SignedIn } from '@/app/_parts/signed-in';
import { Frame } from '@/app/_ui/frame';
import type { NavGroup } from '@/app/_ui/nav';
import { PageSkeleton } from '@/app/_ui/skeleton';
import { beat } from '@/lib/fleet';
import type { AuditorPage, AuditorPath } from './door';

/**
 * The ledger's frame. Pages place it themselves, because a layout does not know the organisation in the query; what is
 * inside streams in after it.
 */
export async function AuditorFrame({
  page,
  path,
  children,
}: {
  page: AuditorPage;
  path: AuditorPath;
  children: ReactNode;
}) {
  const { organisation, principal, others } = page;
  const of = (at: string) => `${at}?organisation=${organisation.slug}`;
  const enforced = await beat({ kind: 'member', secret: principal.secret, organisationId: organisation.id });
  return (
    <Frame
      area="auditor"
      nav={nav(of)}
      current={of(path)}
      trail={[{ label: organisation.name }]}
      picker={{
        name: organisation.name,
        sub: 'Read only',
        icon: 'scroll',
        items:
          others.length === 0
            ? [{ heading: 'You audit this organisation only' }]
            : others.map(({ slug, name }) => ({ label: name, href: `/auditor?organisation=${slug}` })),
      }}
      beat={frameBeat(enforced)}
      user={frameUser(principal, 'auditor')}
    >
      <SignedIn secret={principal.secret} organisationId={organisation.id} />
      <ScopeBar secret={principal.secret} organisationId={organisation.id} />
      <Suspense fallback={<PageSkeleton />}>{children}</Suspense>
    </Frame>
  );
}

const nav = (of: (path: string) => string): NavGroup[] => [
  {
    label: 'Evidence',
    items: [
      { label: 'Audit log', href: of('/auditor'), icon: 'log', go: 'a', exact: true },
      { label: 'Samples', href: of('/auditor/samples'), icon: 'pack', go: 's', exact: true },
      { label: 'Access records', href: of('/auditor/access-records'), icon: 'users', go: 'r', exact: true },
    ],
  },
  {
    label: 'Rights',
    items: [
      { label: 'Who can do what', href: of('/auditor/who-can-do-what'), icon: 'matrix', go: 'w', exact: true },
      { label: 'Past access', href: of('/auditor/past-access'), icon: 'scroll', go: 'p', exact: true },
    ],
  },
];
