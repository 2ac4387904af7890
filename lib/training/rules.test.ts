import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Held, readiness } from './rules';

const NOW = Date.UTC(2026, 10, 22);
const ready: Held = {
  general: NOW + 1,
  additional: NOW + 1,
  agreement: NOW + 1,
  deviceBound: true,
  place: { employer: 'Example Ltd', country: 'DE' },
};

describe('readiness', () => {
  it('takes all five, each current', () => {
    expect(readiness(ready, NOW).missing).toEqual([]);
    fc.assert(
      fc.property(fc.constantFrom('general', 'additional', 'agreement', 'deviceBound', 'place'), (name) => {
        expect(readiness({ ...ready, [name]: name === 'deviceBound' ? false : null }, NOW).missing).toHaveLength(1);
      }),
    );
  });

  it('ends in the very millisecond something expires', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('general', 'additional', 'agreement'),
        fc.integer({ min: -5, max: 5 }),
        (name, by) => {
          const { missing } = readiness({ ...ready, [name]: NOW + by }, NOW);
          expect(missing.length === 0).toBe(by > 0);
        },
      ),
    );
  });
});
