import type { ReactNode } from 'react';
import { targetsLine } from '@/app/_parts/access/words';
import { frameUser } from '@/app/_parts/frame-parts';
import { SignedIn } from '@/app/_parts/signed-in';
import { ButtonLink } from '@/app/_ui/button';
import { Frame } from '@/app/_ui/frame';
import type { NavGroup } from '@/app/_ui/nav';
import { Tape } from '@/app/_ui/tape';
import { Mono } from '@/app/_ui/text';
import { fleetState } from '@/lib/fleet';
import { ownActive } from '@/lib/grants';
import { fleetLine } from '../_parts/edge-state';
import type { StaffPage } from './door';

/** The provider's frame. Its foot says how the fleet stands, on every page. */
export async function StaffFrame({ page, children }: { page: StaffPage; children: ReactNode }) {
  const fleet = await fleetState(page.secret);
  // The one that ends first.
  const [grant] = (await ownActive({ secret: page.secret })).sort((a, b) => a.deadline.localeCompare(b.deadline));
  const { state, line, sub } = fleetLine(fleet);
  return (
    <Frame
      area="staff"
      nav={nav(fleet.edges)}
      trail={[{ label: 'Staff', href: '/staff' }]}
      beat={{ state, line, sub, href: '/staff/fleet' }}
      user={frameUser(page, page.staffRole)}
      banner={
        grant ? (
          <Tape
            until={grant.deadline}
            actions={
              <>
                <ButtonLink href={`/staff/sessions/open?grant=${grant.id}`} size="sm">
                  Open a session
                </ButtonLink>
                <ButtonLink href={`/staff/requests?open=${grant.id}`} size="sm">
                  Give back
                </ButtonLink>
              </>
            }
          >
            You have production access to <Mono>{targetsLine(grant.targets)}</Mono>,{' '}
            {grant.targets.every((target) => target.startsWith('app:')) ? 'seen in its channels' : 'recorded'}
            {grant.customers.length > 0 ? `, visible to ${grant.customers.join(', ')}` : ''}
          </Tape>
        ) : undefined
      }
    >
      <SignedIn secret={page.secret} />
      {children}
    </Frame>
  );
}

const nav = (edges: number): NavGroup[] => [
  {
    label: 'Access',
    items: [
      { label: 'Requests', href: '/staff/requests', icon: 'inbox', go: 'r' },
      { label: 'Grants', href: '/staff/grants', icon: 'key', go: 'g' },
      { label: 'Sessions', href: '/staff/sessions', icon: 'term', go: 'n' },
      { label: 'On call', href: '/staff/on-call', icon: 'clock', go: 'w' },
      { label: 'Locks', href: '/staff/locks', icon: 'lock', go: 'k' },
    ],
  },
  { label: 'Customers', items: [{ label: 'Organisations', href: '/staff', icon: 'pack', exact: true, go: 'o' }] },
  { label: 'Plane', items: [{ label: 'Fleet', href: '/staff/fleet', icon: 'globe', count: edges, go: 'f' }] },
  {
    label: 'Provider',
    items: [
      { label: 'Employees', href: '/staff/employees', icon: 'users', go: 'e' },
      { label: 'Training', href: '/staff/training', icon: 'scroll', go: 't' },
      { label: 'Security committee', href: '/staff/committee', icon: 'matrix', go: 'c' },
      { label: 'Targets and policies', href: '/staff/targets', icon: 'gear', go: 'p' },
      { label: 'Sign-in defence', href: '/staff/abuse', icon: 'lock', go: 'd' },
      { label: 'Provider log', href: '/staff/log', icon: 'log', go: 'l' },
      { label: 'Security policy', href: '/staff/security', icon: 'scroll', go: 's' },
    ],
  },
];
