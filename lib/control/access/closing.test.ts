import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOSING_SECONDS, closingOf, frees, type Over, openTargets } from './closing';

const over = (more: Partial<Over> = {}): Over => ({
  ...{ request: 'grt_1', endedAt: 1000, targets: ['host:a', 'host:b'], closing: 'none', closed: [], watched: [] },
  ...more,
});

describe('closingOf', () => {
  it('waits for every host, then is closed', () => {
    expect(closingOf(over(), 1000)).toBe('closing');
    expect(closingOf(over({ closed: ['host:a'] }), 1029)).toBe('closing');
    expect(closingOf(over({ closed: ['host:a', 'host:b'] }), 1001)).toBe('closed');
  });

  it('has failed when one host has not answered in time', () => {
    expect(closingOf(over({ closed: ['host:a'] }), 1000 + CLOSING_SECONDS)).toBe('failed');
    expect(closingOf(over({ closing: 'failed' }), 1001)).toBe('failed');
  });

  it('is closed at last when the host answers later, and stays so', () => {
    expect(closingOf(over({ closing: 'failed', closed: ['host:a', 'host:b'] }), 9999)).toBe('closed');
    expect(closingOf(over({ closing: 'closed' }), 9999)).toBe('closed');
  });

  it('has nothing to wait for where there is no machine', () => {
    expect(closingOf(over({ targets: ['app:1'] }), 1000)).toBe('closed');
    expect(openTargets(over({ targets: ['app:1', 'host:a'] }))).toEqual(['host:a']);
  });

  it('waits for whoever is still in a channel', () => {
    const watching = over({ targets: ['app:1', 'app:2'], watched: ['app:2'] });
    expect(closingOf(watching, 1001)).toBe('closing');
    expect(closingOf(watching, 1000 + CLOSING_SECONDS)).toBe('failed');
    expect(openTargets(watching)).toEqual(['app:2']);
    expect(closingOf({ ...watching, closing: 'failed', watched: [] }, 9999)).toBe('closed');
  });

  it('never calls closed what a host has not confirmed', () => {
    const hosts = fc.subarray(['host:a', 'host:b', 'host:c', 'app:1']);
    const closing = fc.constantFrom<Over['closing']>('none', 'closing', 'failed');
    fc.assert(
      fc.property(hosts, hosts, closing, fc.integer({ min: 900, max: 1100 }), (targets, closed, state, now) => {
        const said = closingOf(over({ targets, closed, closing: state }), now);
        const missing = targets.some((target) => target.startsWith('host:') && !closed.includes(target));
        expect(said === 'closed').toBe(!missing);
      }),
    );
  });
});

describe('frees', () => {
  const standing = (issuedAt: number, ...grants: string[]) => ({
    ...{ seq: 1, issuedAt, holds: grants.map((grant) => ({ grant, left: null })) },
  });
  it('takes a host at its word only on a sheet from after the end', () => {
    expect(frees(standing(1000), 'grt_1', 1000)).toBe(true);
    expect(frees(standing(999), 'grt_1', 1000)).toBe(false);
    expect(frees(standing(0), 'grt_1', 1000)).toBe(false);
    expect(frees(standing(1001, 'grt_2'), 'grt_1', 1000)).toBe(true);
    expect(frees(standing(1001, 'grt_1'), 'grt_1', 1000)).toBe(false);
  });
});
