import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapIn } from './gaps';

describe('a gap', () => {
  it('is what a plain count finds', () => {
    const numbers = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.nat(40), fc.nat(60), numbers, (known, last, came) => {
        const wanted: number[] = [];
        for (let n = known + 1; n <= last; n++) if (!came.includes(n)) wanted.push(n);
        const gap = wanted.length === 0 ? null : { from: wanted[0], to: wanted.at(-1), missing: wanted.length };
        expect(gapIn(known, last, came)).toEqual(gap);
      }),
    );
  });

  it('costs nothing to claim, however wide', () => {
    const last = Number.MAX_SAFE_INTEGER;
    expect(gapIn(0, last, [1, last])).toEqual({ from: 2, to: last - 1, missing: last - 2 });
  });
});
