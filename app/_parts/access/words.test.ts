import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lookOf, roleWord, shorter, targetsLine } from './words';

it('offers an approver what was asked, or less, and never more', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 480 }), (minutes) => {
      const offered = shorter(minutes);
      expect(offered.at(-1)).toBe(minutes);
      expect(offered.every((one) => one > 0 && one <= minutes)).toBe(true);
      expect(new Set(offered).size).toBe(offered.length);
    }),
  );
});

it('says of an ended grant what its hosts say', () => {
  expect(lookOf({ state: 'ended' }).word).toBe('Ended');
  expect(lookOf({ state: 'ended', closing: 'failed' })).toEqual({ state: 'failed', word: 'Failed to close' });
  expect(lookOf({ state: 'active', closing: 'failed' }).word).toBe('Active');
});

it('names targets and roles in a few words', () => {
  expect(targetsLine(['host:eu-fra-1'])).toBe('eu-fra-1');
  expect(targetsLine(['host:eu-fra-1', 'app:00', 'host:b'])).toBe('eu-fra-1 and 2 more');
  expect(roleWord('customer org_1', [{ id: 'org_1', name: 'Northwind' }])).toBe('Northwind');
  expect(roleWord('customer org_2')).toBe('Customer');
});
