import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { primitives } from '@/lib/primitives';
import { isSeed, MAX_SAMPLE, sampleOf } from '.';

const seeds = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
const populations = fc.uniqueArray(fc.nat({ max: 1_000_000 }), { maxLength: 200 });
const sizes = fc.integer({ min: 1, max: 60 });

/** The rule as the README says it, written down once more. */
const plainly = (seed: string, population: readonly number[], size: number): number[] =>
  [...new Set(population)]
    .map((place) => ({
      place,
      rank: createHash('sha256').update(`cordon/audit/sample/v1\n${seed}\n${place}`).digest('hex'),
    }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, size)
    .map(({ place }) => place)
    .sort((a, b) => a - b);

describe('a sample', () => {
  it('is what the rule says', () => {
    fc.assert(
      fc.property(seeds, populations, sizes, (seed, population, size) => {
        expect(sampleOf(primitives, seed, population, size)).toEqual(plainly(seed, population, size));
      }),
    );
  });

  it('does not depend on the order of the population, nor on places named twice', () => {
    fc.assert(
      fc.property(seeds, populations, sizes, (seed, population, size) => {
        const again = [...population, ...population].reverse();
        expect(sampleOf(primitives, seed, again, size)).toEqual(sampleOf(primitives, seed, population, size));
      }),
    );
  });

  it('of a larger size holds the smaller one', () => {
    fc.assert(
      fc.property(seeds, populations, sizes, (seed, population, size) => {
        const larger = sampleOf(primitives, seed, population, size + 7);
        expect(larger).toEqual(expect.arrayContaining(sampleOf(primitives, seed, population, size)));
      }),
    );
  });

  it('stays what it was for the places that are left when others go', () => {
    fc.assert(
      fc.property(seeds, populations, sizes, (seed, population, size) => {
        const sample = sampleOf(primitives, seed, population, size);
        const left = population.filter((place, i) => i % 2 === 0 || sample.includes(place));
        expect(sampleOf(primitives, seed, left, size)).toEqual(sample);
      }),
    );
  });

  it('takes every place about as often as any other', () => {
    const counts = new Array<number>(50).fill(0);
    const population = counts.map((_, place) => place);
    for (let i = 0; i < 1_000; i++)
      for (const place of sampleOf(primitives, `seed ${i}`, population, 10)) counts[place]!++;
    // 200 each; six standard deviations of 12.6.
    expect(Math.min(...counts)).toBeGreaterThan(124);
    expect(Math.max(...counts)).toBeLessThan(276);
  });

  it('is refused for what is no seed, size or place', () => {
    for (const seed of ['', ' x', 'x ', 'a\nb', 'é', 'x'.repeat(129)]) {
      expect(isSeed(seed), seed).toBe(false);
      expect(() => sampleOf(primitives, seed, [1], 1)).toThrow('sample.seed');
    }
    for (const size of [0, -1, 1.5, MAX_SAMPLE + 1, Number.NaN])
      expect(() => sampleOf(primitives, 'x', [1], size)).toThrow('sample.size');
    for (const place of [-1, 1.5, 2 ** 53]) expect(() => sampleOf(primitives, 'x', [place], 1)).toThrow('sample.place');
  });
});
