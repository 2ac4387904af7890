import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IdleStretches } from './idle';

const stretchesOf = (seconds: readonly number[]) => {
  const idle = new IdleStretches();
  for (const second of seconds) idle.add(second * 1e6);
  return idle.list;
};

it('are the pauses of five seconds and more, the one before the first output among them', () => {
  expect(stretchesOf([6, 7, 11.9, 17, 17, 30])).toEqual([
    { from: 0, to: 6 },
    { from: 11.9, to: 17 },
    { from: 17, to: 30 },
  ]);
  expect(stretchesOf([1, 2, 3])).toEqual([]);
});

it('are in order and apart, however much output there is', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 86_400 }), { maxLength: 50 }), (times) => {
      const list = stretchesOf([...times].sort((a, b) => a - b));
      for (const [i, { from, to }] of list.entries())
        expect(to - from >= 5 && from >= (list[i - 1]?.to ?? 0)).toBe(true);
    }),
  );
  expect(stretchesOf(Array.from({ length: 5_000 }, (_, i) => 10 * (i + 1)))).toHaveLength(1_000);
});
