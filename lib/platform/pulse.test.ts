import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pulse } from './pulse';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Whether a rest of a minute is over after so many seconds. */
async function overAfter(pulse: Pulse, seconds: number): Promise<boolean> {
  let over = false;
  void pulse.rest(60_000).then(() => {
    over = true;
  });
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  return over;
}

it('rests for its time, and no longer than until it is poked', async () => {
  const pulse = new Pulse();
  expect(await overAfter(pulse, 59)).toBe(false);
  expect(await overAfter(pulse, 60)).toBe(true);
  setTimeout(() => pulse.poke(), 5_000);
  expect(await overAfter(pulse, 6)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

it('remembers a poke that came at work, until it was heard', async () => {
  const pulse = new Pulse();
  pulse.poke();
  expect(await overAfter(pulse, 0)).toBe(true);
  pulse.heard();
  expect(await overAfter(pulse, 59)).toBe(false);
});

it('does not rest once it is over, whatever is heard', async () => {
  const pulse = new Pulse();
  setTimeout(() => pulse.end(), 1_000);
  expect(await overAfter(pulse, 2)).toBe(true);
  pulse.heard();
  expect([pulse.over, await overAfter(pulse, 0)]).toEqual([true, true]);
});
