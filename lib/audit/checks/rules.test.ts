import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRIFT_MILLISECONDS, driftFault, driftOf } from './clock';
import { KINDS, review } from './review';

describe('drift', () => {
  const way = fc.nat(5_000);
  it('is never more than the clocks are apart, however long the answer takes', () => {
    fc.assert(
      fc.property(way, way, fc.integer({ min: -60_000, max: 60_000 }), (there, back, ahead) => {
        const before = 1_000_000;
        const drift = driftOf({ before, said: before + there + ahead, after: before + there + back });
        expect(Math.abs(drift)).toBeLessThanOrEqual(Math.abs(ahead));
        expect(drift === 0 || Math.sign(drift) === Math.sign(ahead)).toBe(true);
        if (there + back === 0) expect(drift).toBe(ahead);
      }),
    );
  });

  it('is a fault above two seconds, of the clock that is furthest off', () => {
    const at = (ahead: number) => ({ before: 10_000, after: 10_000, said: 10_000 + ahead });
    expect(driftFault({ database: at(DRIFT_MILLISECONDS), keyring: at(-DRIFT_MILLISECONDS) })).toBeNull();
    expect(driftFault({ database: at(2_001), keyring: at(-9_000) })).toEqual({
      clock: 'keyring',
      milliseconds: -9_000,
    });
  });
});

describe('the review of a day', () => {
  it('counts what deserves a look, and finds what is more than usual', () => {
    const day = [
      { schema: 'sign-in@1', outcome: 'success', count: 400 },
      { schema: 'sign-in.refused@1', outcome: 'refused', count: 90 },
      { schema: 'access.refused@1', outcome: 'refused', count: 11 },
      { schema: 'certificate.revealed@1', outcome: 'success', count: 5 },
      { schema: 'spool.gap@1', outcome: 'failed', count: 1 },
    ];
    const { events, counts, findings } = review(day);
    expect(events).toBe(507);
    expect(counts).toMatchObject({ refusals: 101, reveals: 5, gaps: 1, exports: 0 });
    expect(findings).toEqual(['refusals', 'gaps']);
    expect(Object.keys(counts)).toEqual(Object.keys(KINDS));
  });

  it('of a day without events has an outcome too', () => {
    expect(review([])).toMatchObject({ events: 0, findings: [] });
  });
});
