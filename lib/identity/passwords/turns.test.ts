import { expect, it, vi } from 'vitest';
import { createTurns } from './turns';

/** Nobody rests. */
const CALM = { crowd: 100, restTimes: 1 };

/** Work that ends when the test says so, and a list of what began. */
function stage(limits: Parameters<typeof createTurns>[0]) {
  const inTurn = createTurns(limits);
  const began: string[] = [];
  const endings: (() => void)[] = [];
  const want = (place: string, name = place) =>
    inTurn(place, () => {
      began.push(name);
      return new Promise<string>((resolve) => endings.push(() => resolve(name)));
    });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    began,
    want,
    settle,
    async end() {
      endings.shift()!();
      await settle();
    },
  };
}

it('lets so many at work at once, and the next when one is done', async () => {
  const { began, want, settle, end } = stage({ atOnce: 2, waiting: 10, waitingPerPlace: 10, ...CALM });
  const results = ['a', 'b', 'c'].map((name) => want('here', name));
  await settle();
  expect(began).toEqual(['a', 'b']);
  await end();
  expect(began).toEqual(['a', 'b', 'c']);
  await end();
  await end();
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c']);
});

it('gives places turns one after another, so that a crowd waits for itself', async () => {
  const { began, want, settle, end } = stage({ atOnce: 1, waiting: 20, waitingPerPlace: 20, ...CALM });
  const all = [...Array.from({ length: 5 }, (_, n) => want('crowd', `crowd ${n}`)), want('alone')];
  await settle();
  await end();
  await end();
  expect(began).toEqual(['crowd 0', 'crowd 1', 'alone']);
  for (let n = 0; n < 4; n++) await end();
  await Promise.all(all);
  expect(began.at(-1)).toBe('crowd 4');
});

it('turns away who would wait too long, and nobody of another place', async () => {
  const { want, settle, end } = stage({ atOnce: 1, waiting: 3, waitingPerPlace: 2, ...CALM });
  const admitted = [want('crowd'), want('crowd'), want('crowd')];
  await settle();
  await expect(want('crowd')).rejects.toMatchObject({ code: 'identity.busy', status: 503, retryAfterSeconds: 5 });
  admitted.push(want('other'));
  await expect(want('third')).rejects.toMatchObject({ code: 'identity.busy' });
  for (let n = 0; n < 4; n++) await end();
  await Promise.all(admitted);
  const later = want('crowd');
  await settle();
  await end();
  expect(await later).toBe('crowd');
});

it('goes on after work that failed', async () => {
  const inTurn = createTurns({ atOnce: 1, waiting: 1, waitingPerPlace: 1, ...CALM });
  await expect(inTurn('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await inTurn('a', async () => 'yes')).toBe('yes');
});

it('rests after each turn while a crowd waits, twice as long as the turn took, and no longer', async () => {
  vi.useFakeTimers();
  try {
    const inTurn = createTurns({ atOnce: 1, waiting: 10, waitingPerPlace: 10, crowd: 2, restTimes: 2 });
    const began: number[] = [];
    const turn = () =>
      inTurn('here', async () => {
        began.push(performance.now());
        await new Promise((resolve) => setTimeout(resolve, 20));
      });
    const started = performance.now();
    const all = [turn(), turn(), turn(), turn()];
    await vi.advanceTimersByTimeAsync(400);
    await Promise.all(all);
    expect(began.map((at) => at - started)).toEqual([0, 60, 120, 140]);
  } finally {
    vi.useRealTimers();
  }
});
