import { expect, test } from 'vitest';
import { activeItem, type NavGroup } from './nav';

const groups: NavGroup[] = [
  {
    items: [
      { label: 'Overview', href: '/acme/consult', icon: 'overview', exact: true },
      { label: 'Fence', href: '/acme/consult/fence', icon: 'fence' },
    ],
  },
  { label: 'Organisation', items: [{ label: 'Audit log', href: '/acme/audit', icon: 'log' }] },
];

test('the longest entry the path lies at or below is active', () => {
  expect(activeItem(groups, '/acme/consult')?.label).toBe('Overview');
  expect(activeItem(groups, '/acme/consult/fence/plan')?.label).toBe('Fence');
  expect(activeItem(groups, '/acme/consult/fences')).toBeUndefined();
  expect(activeItem(groups, '/acme/audit')?.label).toBe('Audit log');
});
