import type { ReactNode } from 'react';
import { frameUser } from '@/app/_parts/frame-parts';
import { SignedIn } from '@/app/_parts/signed-in';
import { Frame } from '@/app/_ui/frame';
import type { NavGroup } from '@/app/_ui/nav';
import { fleetState } from '@/lib/fleet';
import { fleetLine } from '../_parts/edge-state';
import type { StaffPage } from './door';

/** The provider's frame. Its foot says how the fleet stands, on every page. */
export async function StaffFrame({ page, children }: { page: StaffPage; children: ReactNode }) {
  const fleet = await fleetState(page.secret);
  const { state, line, sub } = fleetLine(fleet);
  return (
    <Frame
      area="staff"
      nav={nav(fleet.edges)}
      trail={[{ label: 'Staff', href: '/staff' }]}
      beat={{ state, line, sub, href: '/staff/fleet' }}
      user={frameUser(page, page.staffRole)}
    >
      <SignedIn secret={page.secret} />
      {children}
    </Frame>
  );
}

const nav = (edges: number): NavGroup[] => [
  { label: 'Customers', items: [{ label: 'Organisations', href: '/staff', icon: 'pack', exact: true, go: 'o' }] },
  { label: 'Plane', items: [{ label: 'Fleet', href: '/staff/fleet', icon: 'globe', count: edges, go: 'f' }] },
  {
    label: 'Provider',
    items: [
      { label: 'Employees', href: '/staff/employees', icon: 'users', go: 'e' },
      { label: 'Sign-in defence', href: '/staff/abuse', icon: 'lock', go: 'd' },
      { label: 'Provider log', href: '/staff/log', icon: 'log', go: 'l' },
      { label: 'Security policy', href: '/staff/security', icon: 'scroll', go: 's' },
    ],
  },
];
