import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ahead } from './ahead';

it('answers in order, and makes one while one is used', async () => {
  const began: number[] = [];
  const seen: [number, number][] = [];
  const made = ahead([1, 2, 3, 4], async (n) => {
    began.push(n);
    if (n % 2 === 1) await setImmediate();
    return n;
  });
  for await (const n of made) seen.push([n, began.length]);
  expect(seen).toEqual([
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 4],
  ]);
});

it('throws what failed, after what came before it, and waits for what was begun', async () => {
  let running = 0;
  const seen: number[] = [];
  const made = ahead([1, 2, 3], async (n) => {
    running++;
    await setImmediate();
    running--;
    if (n === 2) throw new Error('two');
    return n;
  });
  await expect(
    (async () => {
      for await (const n of made) seen.push(n);
    })(),
  ).rejects.toThrow('two');
  expect([seen, running]).toEqual([[1], 0]);
});

it('waits for what was begun when nobody wants more', async () => {
  let running = 0;
  const made = ahead([1, 2, 3], async (n) => {
    running++;
    await setImmediate();
    running--;
    return n;
  });
  for await (const _ of made) break;
  expect(running).toBe(0);
});
