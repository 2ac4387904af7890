import { expect, it } from 'vitest';
import { createQueue } from './serial';

it('runs one piece of work per key at a time, and other keys beside it', async () => {
  const serially = createQueue(100);
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await Promise.resolve();
    await Promise.resolve();
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 10 }, () => serially('a', work)));
  expect(most).toBe(1);
  await Promise.all([serially('a', work), serially('b', work)]);
  expect(most).toBe(2);
});

it('goes on after work that failed, and turns callers away when too many wait', async () => {
  const serially = createQueue(1);
  const failing = serially('a', () => Promise.reject(new Error('no')));
  const second = serially('a', async () => 'second');
  const third = serially('a', async () => 'third');
  await expect(failing).rejects.toThrow('no');
  expect(await second).toBe('second');
  expect(await third).toBeNull();
  expect(await serially('a', async () => 'again')).toBe('again');
});
