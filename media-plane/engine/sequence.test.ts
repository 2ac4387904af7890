import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sequence } from './sequence';

describe('extended sequence numbers', () => {
  it('count on across the wrap and place late packets', () => {
    const sequence = new Sequence();
    expect([65_533, 65_535, 65_534, 0, 1].map((number) => sequence.accept(number))).toEqual([0, 2, 1, 3, 4]);
    expect(sequence.original(2)).toBe(65_535);
  });

  it('believe a restart only after two packets in sequence, and continue behind the last number', () => {
    const sequence = new Sequence();
    sequence.accept(10_000);
    expect(sequence.accept(100)).toBe(-1);
    expect(sequence.accept(10_001)).toBe(1);
    expect(sequence.accept(100)).toBe(-1);
    expect(sequence.accept(101)).toBe(2);
    expect(sequence.generation).toBe(2);
    expect(sequence.accept(100)).toBe(-1);
  });

  it('continue after a reset without a gap', () => {
    const sequence = new Sequence();
    sequence.accept(5);
    sequence.accept(6);
    sequence.reset();
    expect(sequence.accept(900)).toBe(2);
  });

  it('never run further back than a receiver window, whatever arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(65_535), { maxLength: 300 }), (numbers) => {
        const sequence = new Sequence();
        for (const number of numbers) {
          const before = sequence.highest;
          const extended = sequence.accept(number);
          if (extended >= 0) expect(extended).toBeGreaterThan(before - 512);
          expect(sequence.highest).toBeGreaterThanOrEqual(before);
        }
      }),
    );
  });
});
