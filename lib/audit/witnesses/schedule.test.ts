import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Schedule } from './schedule';

it('asks at once, then only for what is newer, once a second at most, and again after ten minutes', () => {
  const schedule = new Schedule();
  expect(schedule.isDue('w', 5, 0)).toBe(true);
  schedule.told('w', 5, 'cosigned', 0);
  const due = (size: number, now: number) => schedule.isDue('w', size, now);
  expect([due(5, 5_000), due(6, 999), due(6, 1_000)]).toEqual([false, false, true]);
  expect([due(5, 599_999), due(5, 600_000)]).toEqual([false, true]);
  expect(schedule.isDue('other', 5, 1)).toBe(true);
});

it('leaves alone who fails, longer each time, and at once no more when it is well again', () => {
  const schedule = new Schedule();
  const waits: number[] = [];
  let now = 0;
  for (let i = 0; i < 12; i++) {
    schedule.told('w', 5, 'failing', now);
    let wait = 0;
    while (!schedule.isDue('w', 6, now + wait)) wait += 500;
    waits.push(wait / 1_000);
    now += wait;
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  schedule.told('w', 6, 'cosigned', now);
  schedule.told('w', 7, 'failing', now + 1_000);
  expect([schedule.isDue('w', 7, now + 1_999), schedule.isDue('w', 7, now + 2_000)]).toEqual([false, true]);
});

it('asks who diverged once a minute', () => {
  const schedule = new Schedule();
  schedule.told('w', 5, 'diverged', 0);
  expect([schedule.isDue('w', 9, 59_999), schedule.isDue('w', 5, 60_000)]).toEqual([false, true]);
});

it('never asks twice within a second, and never waits longer than ten minutes', () => {
  const outcome = fc.constantFrom('cosigned' as const, 'failing' as const, 'diverged' as const);
  fc.assert(
    fc.property(fc.array(outcome, { minLength: 1, maxLength: 40 }), (outcomes) => {
      const schedule = new Schedule();
      for (const [i, each] of outcomes.entries()) schedule.told('w', i, each, i * 1_000_000);
      const last = (outcomes.length - 1) * 1_000_000;
      expect(schedule.isDue('w', 99, last + 999)).toBe(false);
      expect(schedule.isDue('w', outcomes.length - 1, last + 600_000)).toBe(true);
    }),
  );
});
