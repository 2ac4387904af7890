import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LinesView, WatchView } from '@/lib/recordings/schemas';
import { followerOf, loaderOf } from './loader';

const line = (data: string) => ({ time: 0, kind: 'o' as const, data });

/** Answers each question in turn, and remembers them. */
function answers(...views: (LinesView | WatchView)[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    const view = views.shift();
    return view ? Response.json(view) : new Response(null, { status: 500 });
  });
  return asked;
}
afterEach(() => vi.unstubAllGlobals());

describe('a loader', () => {
  it('counts lines for the player and bytes for the server, past stretches without lines', async () => {
    const asked = answers(
      { lines: [line('a'), line('b')], next: 70 },
      { lines: [], next: 90 },
      { lines: [line('c')], next: 120 },
      { lines: [], next: null },
    );
    const load = loaderOf('/x/lines', '&copy=rcp_1');
    expect([await load(1), await load(3), await load(4)].map((lines) => lines.map(({ data }) => data))).toEqual([
      ['a', 'b'],
      ['c'],
      [],
    ]);
    expect(asked).toEqual([0, 70, 90, 120].map((from) => `/x/lines?from=${from}&copy=rcp_1`));
  });
});

describe('a follower', () => {
  it('asks again where there was nothing yet, gives what came to a player made anew, and says when it is over', async () => {
    const told: unknown[] = [];
    const asked = answers(
      { lines: [line('a')], next: 70, over: false },
      { lines: [], next: 70, over: false },
      { lines: [line('b')], next: 90, over: true },
    );
    const load = followerOf('/x/watch', (lines, over) => void told.push([lines.length, over]));
    expect(await load(1)).toEqual([line('a')]);
    expect(await load(2)).toEqual([]);
    expect(await load(2)).toEqual([line('b')]);
    expect(await load(1)).toEqual([line('a'), line('b')]);
    expect(asked).toEqual([0, 70, 70].map((from) => `/x/watch?from=${from}`));
    expect(told).toEqual([
      [1, false],
      [0, false],
      [1, true],
    ]);
    await expect(load(3)).rejects.toThrow('500');
  });
});
