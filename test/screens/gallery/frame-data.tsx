/** Made-up organisations, edges and events for the gallery; addresses from the documentation ranges. */
import type { ReactNode } from 'react';
import { Frame } from '@/app/_ui/frame';
import type { NavGroup } from '@/app/_ui/nav';
import type { MapEdge } from '@/app/_ui/world-map';
import type { Region } from '@/lib/kernel/region';

export const NOW = Date.UTC(2026, 10, 21, 9, 43, 7, 902);

const customer: NavGroup[] = [
  {
    items: [
      { label: 'Overview', href: '/nw/consult', icon: 'overview', exact: true, go: 'o' },
      { label: 'Certificates', href: '/nw/consult/certificates', icon: 'cert', go: 'c' },
      { label: 'Tokens', href: '/nw/consult/tokens', icon: 'token', go: 't' },
      { label: 'Fence', href: '/nw/consult/fence', icon: 'fence', go: 'f' },
      { label: 'Encryption', href: '/nw/consult/encryption', icon: 'lock' },
      { label: 'Data inventory', href: '/nw/consult/data', icon: 'data' },
      { label: 'Sessions', href: '/nw/consult/sessions', icon: 'users', count: '1,284' },
    ],
  },
  {
    label: 'Trust',
    items: [
      { label: 'Provider access', href: '/nw/provider-access', icon: 'key', count: 1, hot: true },
      { label: 'Audit log', href: '/nw/audit', icon: 'log', go: 'a' },
      { label: 'Compliance', href: '/nw/compliance', icon: 'scroll' },
    ],
  },
  {
    label: 'Organisation',
    items: [
      { label: 'Members', href: '/nw/members', icon: 'users' },
      { label: 'Settings', href: '/nw/settings', icon: 'gear', go: 's' },
    ],
  },
];
const staff: NavGroup[] = [
  {
    label: 'Access',
    items: [
      { label: 'Requests', href: '/staff/requests', icon: 'inbox', count: 4, hot: true },
      { label: 'Grants', href: '/staff/grants', icon: 'key', count: 2 },
      { label: 'Sessions', href: '/staff/sessions', icon: 'term' },
      { label: 'Break-glass', href: '/staff/break-glass', icon: 'bolt' },
    ],
  },
  {
    label: 'Plane',
    items: [
      { label: 'Fleet', href: '/staff/fleet', icon: 'globe', count: 14, go: 'f' },
      { label: 'Rollouts', href: '/staff/rollouts', icon: 'refresh' },
    ],
  },
  { label: 'People', items: [{ label: 'Employees', href: '/staff/employees', icon: 'users' }] },
];
const auditor: NavGroup[] = [
  {
    label: 'Evidence',
    items: [
      { label: 'Audit log', href: '/auditor/log', icon: 'log' },
      { label: 'Access records', href: '/auditor/access-records', icon: 'key' },
      { label: 'Exports', href: '/auditor/exports', icon: 'pack', count: 2 },
    ],
  },
  { label: 'Rights', items: [{ label: 'Who can do what', href: '/auditor/who-can-do-what', icon: 'matrix' }] },
];

export function CustomerFrame({ current, children }: { current: string; children: ReactNode }) {
  return (
    <Frame
      area="customer"
      nav={customer}
      current={current}
      trail={[
        { label: 'Northwind Telehealth', href: '/nw' },
        { label: 'Consult', href: '/nw/consult' },
      ]}
      picker={{ name: 'Consult', sub: 'Northwind Telehealth', items: [{ label: 'Triage', href: '/nw/triage' }] }}
      beat={{ state: 'applied', line: 'Enforced on 9 of 11 edges', sub: <>policy 2.4182, applying</> }}
      user={{ initials: 'NW', name: 'owner@northwind.example', items: [{ label: 'Sign out', href: '/sign-out' }] }}
    >
      {children}
    </Frame>
  );
}

export function StaffFrame({
  current,
  banner,
  children,
}: {
  current: string;
  banner?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Frame
      area="staff"
      nav={staff}
      current={current}
      banner={banner}
      trail={[{ label: 'Staff', href: '/staff' }]}
      picker={{ name: 'Security on call', sub: 'All organisations', icon: 'key', items: [] }}
      beat={{ state: 'open', line: '10 of 14 edges in sync', sub: '1 stale, 1 rejected, 1 applying' }}
      user={{ initials: 'S4', name: 'Staff 0417', items: [] }}
    >
      {children}
    </Frame>
  );
}

export function AuditorFrame({ current, children }: { current: string; children: ReactNode }) {
  return (
    <Frame
      area="auditor"
      nav={auditor}
      current={current}
      trail={[{ label: 'Northwind Telehealth', href: '/auditor' }]}
      picker={{ name: 'Northwind Telehealth', sub: 'Engagement to 19 Dec', icon: 'scroll', items: [] }}
      beat={{ state: 'verified', line: 'Same log you last saw', sub: '48,218, 2 of 3 witnesses' }}
      user={{ initials: 'AU', name: 'Auditor', items: [] }}
    >
      {children}
    </Frame>
  );
}

export interface Edge extends MapEdge {
  place: string;
  sessions: number;
  policy: number;
}

const edge = (
  name: string,
  region: Region,
  place: string,
  lon: number,
  lat: number,
  sessions: number,
  state: MapEdge['state'] = 'enforced',
): Edge => ({
  name,
  region,
  place,
  lon,
  lat,
  sessions,
  state,
  policy: state === 'open' ? 4181 : state === 'failed' ? 4180 : 4182,
  labelled: state !== 'enforced' && state !== 'offline',
});

export const EDGES: readonly Edge[] = [
  edge('as-dxb-1', 'AS', 'Dubai', 55.3, 25.2, 211, 'open'),
  edge('na-yul-1', 'NA', 'Montréal', -73.6, 45.5, 88, 'failed'),
  edge('in-bom-1', 'IN', 'Mumbai', 72.88, 19.08, 29, 'applied'),
  edge('eu-fra-1', 'EU', 'Frankfurt', 8.68, 50.11, 1204),
  edge('eu-dub-1', 'EU', 'Dublin', -6.26, 53.35, 842),
  edge('eu-waw-1', 'EU', 'Warsaw', 21.01, 52.23, 417),
  edge('na-iad-1', 'NA', 'Ashburn', -77.49, 39.04, 1930),
  edge('na-sjc-1', 'NA', 'San José', -121.9, 37.3, 1644),
  edge('as-sin-1', 'AS', 'Singapore', 103.82, 1.35, 640),
  edge('as-icn-1', 'AS', 'Seoul', 126.98, 37.57, 530),
  edge('jp-tyo-1', 'JP', 'Tokyo', 139.69, 35.68, 760),
  edge('cn-hgh-1', 'CN', 'Hangzhou', 120.2, 30.3, 295),
  edge('in-maa-1', 'IN', 'Chennai', 80.27, 13.08, 0, 'offline'),
];
