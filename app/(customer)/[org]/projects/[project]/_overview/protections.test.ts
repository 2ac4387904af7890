import { describe, expect, it } from 'vitest';
import { REGIONS } from '@/lib/kernel/region';
import { protectionsOf, segmentState } from './protections';

const strict = {
  mode: 'token' as const,
  fence: { regions: ['EU' as const], version: 1 },
  tokenPolicy: {
    maxLifetimeSeconds: 14_400,
    wildcardChannel: false,
    wildcardUser: false,
    legacy006: false,
    clockSkewSeconds: 30,
    stalenessSeconds: 300,
  },
};
const settled = { enforced: 6, edges: 6 };
const open = (project: Parameters<typeof protectionsOf>[0]) =>
  protectionsOf(project, settled)
    .filter((each) => segmentState(each) === 'open')
    .map(({ name }) => name);

describe('protections of a project', () => {
  it('has one gap when everything that can be closed is', () => {
    expect(open(strict)).toEqual(['End-to-end encryption']);
  });

  it.each([
    ['Token required', { ...strict, mode: 'app-id' as const }],
    ['Fence', { ...strict, fence: { regions: [...REGIONS], version: 1 } }],
    ['Tokens name their user', { ...strict, tokenPolicy: { ...strict.tokenPolicy, wildcardUser: true } }],
    ['Tokens name their channel', { ...strict, tokenPolicy: { ...strict.tokenPolicy, wildcardChannel: true } }],
    ['Token version 007', { ...strict, tokenPolicy: { ...strict.tokenPolicy, legacy006: true } }],
  ])('opens %s when its setting does', (name, project) => {
    expect(open(project)).toContain(name);
    expect(open(project)).toHaveLength(2);
  });

  it('shows the document’s defaults literally', () => {
    const documented = Object.fromEntries(protectionsOf(strict, settled).map((each) => [each.name, each.documented]));
    expect(documented).toMatchObject({
      'Project isolation': 'Yes',
      'Channel isolation': 'Yes',
      'Token required': 'No',
      'End-to-end encryption': 'No',
      Fence: 'No',
    });
  });

  it('is on its way while an edge in contact lacks the newest policy, and says how many have it', () => {
    const fence = protectionsOf(strict, { enforced: 5, edges: 6 }).find(({ name }) => name === 'Fence')!;
    expect(fence).toMatchObject({ state: 'applied', detail: '5/6' });
    expect(segmentState(fence)).toBe('applied');
  });

  it('claims nothing about the customer’s settings when no edge is in contact', () => {
    const states = protectionsOf(strict, { enforced: 0, edges: 0 });
    expect(states.filter(({ by, state }) => by === 'You' && state === 'enforced')).toEqual([]);
  });
});
