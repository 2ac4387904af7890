import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Ends, type Strict } from './ends';
import type { Standing } from './keyring';

const START = Date.UTC(2026, 10, 22, 9);
let grants: Map<string, Standing>;
let silent: boolean;
let asked: string[][];
let ends: Ends;
let controlSilent: number;
const endsWith = (strict: Strict | null) =>
  new Ends({
    now: () => Date.now(),
    strict,
    describe: async (ids) => {
      asked.push(ids);
      if (silent) throw new Error('no answer');
      return ids.flatMap((id) => grants.get(id) ?? []);
    },
  });
beforeEach(() => {
  vi.useFakeTimers({ now: START });
  grants = new Map();
  silent = false;
  asked = [];
  controlSilent = 0;
  ends = endsWith(null);
});
afterEach(() => {
  ends.stop();
  vi.useRealTimers();
});

const seconds = (from: number) => START / 1000 + from;
function live(id: string, deadline: number) {
  grants.set(id, { id, state: 'active', deadline, why: null });
  const told: string[] = [];
  const at = () => (Date.now() - START) / 1000;
  const stop = ends.watch(
    { grant: id, cut: (why) => told.push(`${why} ${at()}`), warn: (minutes) => told.push(`warn ${minutes} ${at()}`) },
    deadline,
  );
  return { told, stop };
}

describe('a live session ends', () => {
  it('at its deadline, after its warnings', async () => {
    const { told } = live('g', seconds(900));
    await vi.advanceTimersByTimeAsync(901_000);
    expect(told).toEqual(['warn 10 300', 'warn 2 780', 'expired 900']);
    expect(ends.size).toBe(0);
  });

  it.each(['revoked', 'locked', 'returned', 'lapsed'])('within a second when its access is %s', async (why) => {
    const { told } = live('g', seconds(900));
    await vi.advanceTimersByTimeAsync(10_100);
    grants.set('g', { id: 'g', state: 'ended', deadline: seconds(10), why });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual([expect.stringMatching(new RegExp(`^${why} 10\\.[1-9]|^${why} 11`))]);
  });

  it('in strict mode when nobody confirms any more that it goes on, and not a moment before', async () => {
    const strict = { after: 10_000, controlSilent: () => controlSilent };
    for (const falls of [() => (silent = true), () => (controlSilent = 10_001)]) {
      [silent, controlSilent] = [false, 0];
      ends = endsWith(strict);
      const { told } = live('g', seconds(9_000));
      await vi.advanceTimersByTimeAsync(60_000);
      expect(told).toEqual([]);
      falls();
      await vi.advanceTimersByTimeAsync(9_000);
      if (silent) expect(told).toEqual([]);
      await vi.advanceTimersByTimeAsync(2_000);
      expect(told).toEqual([expect.stringMatching(/^stale /)]);
    }
  });

  it('when the keyring knows nothing of its access', async () => {
    const { told } = live('g', seconds(900));
    grants.clear();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toHaveLength(1);
  });

  it('at its known deadline when the keyring is silent, and not before', async () => {
    const { told } = live('g', seconds(60));
    await vi.advanceTimersByTimeAsync(1_000);
    silent = true;
    grants.set('g', { id: 'g', state: 'active', deadline: seconds(9000), why: null });
    await vi.advanceTimersByTimeAsync(58_000);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(told).toEqual(['expired 60']);
  });

  it('later when an extension was approved, warned of anew, and earlier when it was shortened', async () => {
    const { told } = live('g', seconds(130));
    await vi.advanceTimersByTimeAsync(100_000);
    grants.set('g', { id: 'g', state: 'active', deadline: seconds(400), why: null });
    await vi.advanceTimersByTimeAsync(200_000);
    expect(told).toEqual(['warn 2 10', 'warn 2 280']);
    grants.set('g', { id: 'g', state: 'active', deadline: seconds(310), why: null });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(told.at(-1)).toBe('expired 310');
  });

  it('at its deadline although the clock of the machine is set back', async () => {
    const { told } = live('g', seconds(60));
    await vi.advanceTimersByTimeAsync(30_000);
    vi.setSystemTime(START - 3_600_000);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(told).toHaveLength(1);
  });
});

describe('why a session was lost', () => {
  it('is what ended its access, whoever knew it first', async () => {
    live('g', seconds(900));
    expect(await ends.whyOver('g')).toBeNull();
    grants.set('g', { id: 'g', state: 'ended', deadline: seconds(0), why: 'revoked' });
    expect(await ends.whyOver('g')).toBe('revoked');
    expect(await ends.whyOver('unknown')).toBe('revoked');
  });

  it('is not waited for longer than a second', async () => {
    silent = true;
    expect(await ends.whyOver('g')).toBeNull();
    const hangs = new Ends({ now: () => Date.now(), describe: () => new Promise(() => undefined) });
    const answer = vi.fn();
    void hangs.whyOver('g').then(answer);
    await vi.advanceTimersByTimeAsync(999);
    expect(answer).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(answer).toHaveBeenCalledWith(null);
  });
});

it('asks for each grant once, for at most 200 at a time, and not at all without sessions', async () => {
  const watches = Array.from({ length: 450 }, (_, i) => live(`g${i % 225}`, seconds(900)));
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.map(({ length }) => length)).toEqual([200, 25]);
  for (const { stop } of watches) stop();
  await vi.advanceTimersByTimeAsync(500);
  const before = asked.length;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked.length).toBe(before);
  live('again', seconds(900));
  await vi.advanceTimersByTimeAsync(10);
  expect(asked.at(-1)).toEqual(['again']);
});
