import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frontier, leafHash, rootOfTiles, tileReader, tilesOf } from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { Growth, type LogHead } from './growth';

/** Tiles as the database keeps them: a piece goes to the end of what is there, and nowhere else. */
class Stored {
  readonly tiles = new Map<string, Buffer>();

  add({ pieces }: Growth): void {
    for (const { level, n, start, hashes } of pieces) {
      const key = `${level}/${n}`;
      const before = this.tiles.get(key) ?? Buffer.alloc(0);
      expect(before.length).toBe(32 * start);
      this.tiles.set(key, Buffer.concat([before, ...hashes]));
    }
  }

  root(size: number): Uint8Array {
    return rootOfTiles(
      primitives,
      size,
      tileReader(primitives, (level, n) => this.tiles.get(`${level}/${n}`) ?? Buffer.alloc(0)),
    );
  }
}

const entry = (i: number) => Buffer.from(`entry ${i}`);

/** Grows an empty log by so many entries at a time, as steps do, each from what the one before has stored. */
function grow(steps: readonly number[]): { stored: Stored; head: LogHead } {
  const stored = new Stored();
  let head: LogHead = { name: 'provider', size: 0, frontier: new Uint8Array() };
  for (const count of steps) {
    const growth = new Growth(head);
    for (let i = 0; i < count; i++) expect(growth.append(entry(growth.size))).toBe(head.size + i);
    stored.add(growth);
    head = { name: head.name, size: growth.size, frontier: growth.frontier };
  }
  return { stored, head };
}

describe('growth of a log', () => {
  it('stores the tiles and the root that the entries have, however they are divided into steps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 }), (steps) => {
        const { stored, head } = grow(steps);
        const once = new Frontier(primitives);
        for (let i = 0; i < head.size; i++) once.append(leafHash(primitives, entry(i)));
        expect(Buffer.from(stored.root(head.size))).toEqual(Buffer.from(once.root()));
        expect([...stored.tiles].map(([key, { length }]) => `${key}:${length / 32}`).sort()).toEqual(
          [...tilesOf(head.size)].map(({ level, index, width }) => `${level}/${index}:${width}`).sort(),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('reaches the third level of tiles', () => {
    const { stored, head } = grow([65_535, 2]);
    expect(stored.tiles.get('2/0')).toHaveLength(32);
    expect(stored.tiles.get('1/0')).toHaveLength(32 * 256);
    const once = new Frontier(primitives);
    for (let i = 0; i < head.size; i++) once.append(leafHash(primitives, entry(i)));
    expect(Buffer.from(stored.root(head.size))).toEqual(Buffer.from(once.root()));
  });

  it('does not go on from a frontier of another size', () => {
    const { head } = grow([3]);
    expect(() => new Growth({ ...head, size: 4 })).toThrow(RangeError);
    expect(() => new Growth({ ...head, frontier: head.frontier.subarray(1) })).toThrow(RangeError);
  });
});
