/** A log stored as tiles is the log: its root and its proofs come out of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { primitives } from '@/lib/primitives';
import {
  consistencyProof,
  decodeBundle,
  encodeBundle,
  Frontier,
  inclusionProof,
  inclusionRanges,
  leafHash,
  parseTilePath,
  rootOfTiles,
  subtreesFor,
  type TileName,
  tilePath,
  tileReader,
  tilesFor,
  tilesOf,
  tileWidth,
  verifyConsistency,
  verifyInclusion,
} from './index';

const hash = primitives;
const MOST = 70_000;
const leaves: Uint8Array[] = [];
const leaf = (i: number) => {
  leaves[i] ??= leafHash(hash, Uint8Array.of(i >> 16, i >> 8, i));
  return leaves[i];
};

/** Every tile by its level and index: 256 roots each of what is below, by the definition. */
function build(size: number) {
  const tiles = new Map<string, Uint8Array>();
  let hashes = Array.from({ length: size }, (_, i) => leaf(i));
  for (let level = 0; hashes.length > 0; level++) {
    const above: Uint8Array[] = [];
    for (let index = 0; 256 * index < hashes.length; index++) {
      const tile = hashes.slice(256 * index, 256 * (index + 1));
      tiles.set(`${level}/${index}`, new Uint8Array(Buffer.concat(tile)));
      if (tile.length === 256) above.push(new Frontier(hash).extend(tile).root());
    }
    hashes = above;
  }
  const source = (level: number, index: number) => {
    const tile = tiles.get(`${level}/${index}`);
    if (!tile) throw new Error(`no tile ${level}/${index}`);
    return tile;
  };
  const root = new Frontier(hash).extend(leaves.slice(0, size)).root();
  return { tiles, source, root };
}

describe('a log read out of its tiles', () => {
  it('has the root, and the tiles that its size asks for', () => {
    for (const size of [0, 1, 2, 255, 256, 257, 300, 511, 512, 513, 65_535, 65_536, 65_537, MOST]) {
      const { tiles, source, root } = build(size);
      expect(rootOfTiles(hash, size, tileReader(hash, source))).toEqual(root);
      const names = [...tilesOf(size)];
      expect(names.map(({ level, index }) => `${level}/${index}`)).toEqual([...tiles.keys()]);
      for (const { level, index, width } of names) expect(source(level, index).length).toBe(width * 32);
    }
  });

  it('is not read out of tiles that are too short', () => {
    const { source } = build(300);
    const cut = (level: number, index: number) => source(level, index).subarray(0, 32);
    expect(() => rootOfTiles(hash, 300, tileReader(hash, cut))).toThrow(RangeError);
    expect(() => tileReader(hash, cut)(0, 1)).toThrow(RangeError);
  });
});

describe('the tiles of a log', () => {
  it('are those of the example of C2SP tlog-tiles', () => {
    const widths = [...tilesOf(MOST)].reduce((all, { level, width }) => {
      all[level] = [...(all[level] ?? []), width];
      return all;
    }, [] as number[][]);
    expect(widths.map((list) => [list.filter((width) => width === 256).length, list.at(-1)])).toEqual([
      [273, 112],
      [1, 17],
      [0, 1],
    ]);
    expect([...tilesOf(256)].map(({ level, width }) => [level, width])).toEqual([
      [0, 256],
      [1, 1],
    ]);
    expect([...tilesOf(0)]).toEqual([]);
    expect([tileWidth(0, 273, MOST), tileWidth(0, 274, MOST), tileWidth(3, 0, MOST)]).toEqual([112, 0, 0]);
  });

  it('prove inclusion and consistency, with no more tiles than were named to fetch', () => {
    const { source, root } = build(MOST);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MOST - 1 }), (index) => {
        const wanted = tilesFor(subtreesFor(inclusionRanges(index, MOST)), MOST);
        const fetched = new Map(wanted.map((tile) => [`${tile.level}/${tile.index}`, tile.width]));
        const read = tileReader(hash, (level, n) => {
          const width = fetched.get(`${level}/${n}`);
          if (!width) throw new Error(`tile ${level}/${n} was not named`);
          return source(level, n).subarray(0, width * 32);
        });
        const proof = inclusionProof(hash, index, MOST, read);
        expect(verifyInclusion(hash, { leaf: leaf(index), index, size: MOST, root }, proof)).toBe(true);
        // The cache of a tile answers what it answered the first time.
        expect(inclusionProof(hash, index, MOST, read)).toEqual(proof);
        const older = new Frontier(hash);
        for (let i = 0; i <= index % 1000; i++) older.append(leaf(i));
        const all = tileReader(hash, source);
        const change = consistencyProof(hash, older.size, MOST, all);
        const heads = [
          { size: older.size, root: older.root() },
          { size: MOST, root },
        ] as const;
        expect(verifyConsistency(hash, ...heads, change)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('paths', () => {
  it.each([
    ['tile/0/000', { level: 0, index: 0, width: 256 }],
    ['tile/0/x001/067.p/8', { level: 0, index: 1067, width: 8 }],
    ['tile/3/x001/x234/067', { level: 3, index: 1_234_067, width: 256 }],
    ['tile/entries/x001/000.p/255', { level: 'entries', index: 1000, width: 255 }],
  ] as const)('%s', (path, name) => {
    expect(tilePath(name)).toBe(path);
    expect(parseTilePath(path)).toEqual(name);
  });

  it('come back for any tile', () => {
    const name = fc.record({
      level: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant('entries' as const)),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(name, (tile: TileName) => {
        expect(parseTilePath(tilePath(tile))).toEqual(tile);
      }),
    );
  });

  it.each([
    '',
    'tile/0/',
    'tile/0/00',
    'tile/0/0000',
    'tile/0/1',
    'tile/00/000',
    'tile/7/000',
    'tile/-1/000',
    'tile/0/x000/000',
    'tile/0/001/000',
    'tile/0/x001/x000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/257',
    'tile/0/000.p/999',
    'tile/0/000.p/08',
    'tile/0/000.p/',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/000\n',
    'tile/0/٠٠٠',
    'tile/data/000',
    'tile/0/../000',
    'tile/0/x999/x999/x999/x999/x999/999',
    `tile/0/${'x000/'.repeat(100)}000`,
  ])('refuses %j', (path) => {
    expect(parseTilePath(path)).toBeNull();
  });

  it('are not made of what is no tile', () => {
    const good = { level: 0, index: 0, width: 1 };
    for (const bad of [{ level: 7 }, { level: 0.5 }, { index: -1 }, { index: 2 ** 53 }, { width: 0 }, { width: 257 }]) {
      expect(() => tilePath({ ...good, ...bad })).toThrow(RangeError);
    }
  });
});

describe('entry bundles', () => {
  it('come back, and only whole', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 });
    fc.assert(
      fc.property(entries, (list) => {
        const bytes = encodeBundle(list);
        expect(decodeBundle(bytes, list.length)).toEqual(list);
        expect(decodeBundle(bytes, list.length - 1)).toBeNull();
        expect(decodeBundle(bytes, list.length + 1)).toBeNull();
        expect(decodeBundle(bytes.subarray(0, -1), list.length)).toBeNull();
        expect(decodeBundle(Uint8Array.of(...bytes, 0), list.length)).toBeNull();
      }),
    );
  });

  it('have lengths of two bytes, the higher first', () => {
    expect(encodeBundle([new Uint8Array(258)]).subarray(0, 2)).toEqual(Uint8Array.of(1, 2));
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow(RangeError);
    expect(() => encodeBundle([])).toThrow(RangeError);
    expect(() => encodeBundle(new Array(257).fill(new Uint8Array(1)))).toThrow(RangeError);
  });
});
