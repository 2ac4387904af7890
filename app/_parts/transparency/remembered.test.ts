import { describe, expect, it } from 'vitest';
import {
  checkpointText,
  formatVkey,
  leafHash,
  nodeHash,
  parseTilePath,
  rootOfTiles,
  type Signer,
  type SubtreeReader,
  signNote,
} from '@/lib/kernel/log';
import { primitives } from '@/lib/primitives';
import { FORGER, LOG_KEY, OPERATOR_ORIGIN as ORIGIN } from '@/test/foreign/world';
import { host as browser } from './browser-host';
import { compare, type Host, originOf, type Remembered, recall, remember } from './remembered';
import { comparisonWords } from './remembered-words';

/** A log of which entry n is `name n` from `from` on, and `main n` before. */
function logOf(name: string, from = 0) {
  const read: SubtreeReader = (level, index) =>
    level === 0
      ? leafHash(primitives, Buffer.from(`${index < from ? 'main' : name} ${index}`))
      : nodeHash(primitives, read(level - 1, 2 * index), read(level - 1, 2 * index + 1));
  const tile = (path: string): Uint8Array => {
    const { level, index, width } = parseTilePath(path)!;
    return Buffer.concat(Array.from({ length: width }, (_, i) => read(8 * Number(level), 256 * index + i)));
  };
  const note = (size: number, signer: Signer = LOG_KEY) =>
    signNote(checkpointText({ origin: ORIGIN, size, root: rootOfTiles(primitives, size, read), extensions: [] }), [
      signer,
    ]);
  return { tile, note };
}
const main = logOf('main');
const vkeys = [formatVkey(LOG_KEY.key)];
const hostOf = ({ tile }: Pick<ReturnType<typeof logOf>, 'tile'>, reach = (_: string) => true): Host => ({
  ...browser,
  tile: async (path) => (reach(path) ? tile(path) : null),
});
const seen = async (size: number, log = main): Promise<Remembered> => ({
  note: await log.note(size),
  vkeys,
  seenAt: 1,
});

describe('a log at the next visit', () => {
  it('is remembered at the first, and the same when nothing has happened', async () => {
    expect(await compare(hostOf(main), null, await seen(9))).toEqual({ state: 'first' });
    expect(await compare(hostOf(main), await seen(9), await seen(9))).toEqual({ state: 'consistent', grown: 0 });
  });

  it('is shown to continue what was seen, across tiles, from any size to any', async () => {
    const sizes = [0, 1, 7, 256, 257, 300, 511, 512, 700];
    for (const from of sizes)
      for (const to of sizes.filter((size) => size >= from))
        expect([from, to, await compare(hostOf(main), await seen(from), await seen(to))]).toEqual([
          from,
          to,
          { state: 'consistent', grown: to - from },
        ]);
  });

  it('has diverged when an entry was changed before what was seen, wherever it is', async () => {
    for (const [from, old, now] of [
      [0, 3, 9],
      [6, 7, 7],
      [299, 300, 700],
      [10, 511, 512],
    ] as const) {
      const other = logOf('other', from);
      const was = await seen(old);
      expect(await compare(hostOf(other), was, await seen(now, other))).toEqual({ state: 'diverged', why: 'forked' });
    }
  });

  it('has diverged when it is shorter, or signed by no key of its own', async () => {
    expect(await compare(hostOf(main), await seen(9), await seen(8))).toEqual({ state: 'diverged', why: 'shorter' });
    const forged = { note: await main.note(12, FORGER), vkeys };
    expect(await compare(hostOf(main), await seen(9), forged)).toEqual({ state: 'diverged', why: 'unsigned' });
    const damaged = (await main.note(12)).replace('\n12\n', '\n13\n');
    expect(await compare(hostOf(main), await seen(9), { note: damaged, vkeys })).toEqual({
      state: 'diverged',
      why: 'unsigned',
    });
    expect(await compare(hostOf(main), await seen(9), { note: 'x', vkeys })).toEqual({
      state: 'diverged',
      why: 'unsigned',
    });
  });

  it('cannot be compared without its tiles, or with others', async () => {
    const before = await seen(300);
    const now = await seen(700);
    expect(
      await compare(
        hostOf(main, () => false),
        before,
        now,
      ),
    ).toEqual({ state: 'unknown', why: 'unreachable' });
    const cut = hostOf({ tile: (path) => main.tile(path).subarray(0, 32) });
    expect(await compare(cut, before, now)).toEqual({ state: 'unknown', why: 'unreachable' });
    expect(await compare(hostOf(logOf('other')), before, now)).toEqual({ state: 'unknown', why: 'tiles' });
  });

  it('is not believed when tiles of one level hide what another shows', async () => {
    const other = logOf('other', 280);
    // The upper level is that of the log which is shown, the lower one that of the log which was seen.
    const mixed = hostOf({ tile: (path) => (path.startsWith('tile/0/') ? main : other).tile(path) });
    const result = await compare(mixed, await seen(300), await seen(700, other));
    expect(result.state).not.toBe('consistent');
  });

  it('says that the key is another, until somebody has looked into it', async () => {
    const shown = { note: await main.note(12, FORGER), vkeys: [formatVkey(FORGER.key)] };
    expect(await compare(hostOf(main), await seen(9), shown)).toEqual({ state: 'rekeyed', grown: 3 });
    const other = logOf('other');
    const forked = { note: await other.note(12, FORGER), vkeys: [formatVkey(FORGER.key)] };
    expect(await compare(hostOf(other), await seen(9), forked)).toMatchObject({ state: 'diverged' });
    // A second key beside the known one is no change.
    expect(
      await compare(hostOf(main), await seen(9), { ...(await seen(12)), vkeys: [...vkeys, ...shown.vkeys] }),
    ).toEqual({
      state: 'consistent',
      grown: 3,
    });
  });
});

describe('what is kept', () => {
  it('comes back by the log it is of', async () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const { note } = await seen(3);
    expect(originOf(note)).toBe(ORIGIN);
    expect(recall(storage, ORIGIN)).toBeNull();
    expect(remember(storage, ORIGIN, { note, vkeys }, 5)).toBe(true);
    expect(recall(storage, ORIGIN)).toEqual({ note, vkeys, seenAt: 5 });
    expect(recall(storage, 'another')).toBeNull();
    for (const bad of [
      '',
      'null',
      '[]',
      '{}',
      '{"note":1,"vkeys":[],"seenAt":1}',
      '{"note":"x","vkeys":[1],"seenAt":1}',
      '{',
    ]) {
      kept.set([...kept.keys()][0]!, bad);
      expect(recall(storage, ORIGIN), bad).toBeNull();
    }
  });

  it('is nothing where storage is closed', () => {
    const storage = {
      getItem: () => {
        throw new Error('closed');
      },
      setItem: () => {
        throw new Error('closed');
      },
    };
    expect([recall(storage, ORIGIN), remember(storage, ORIGIN, { note: '', vkeys }, 1)]).toEqual([null, false]);
  });

  it('that was damaged is not believed', async () => {
    const damaged = { ...(await seen(9)), note: (await main.note(9)).replace('\n9\n', '\n8\n') };
    expect(await compare(hostOf(main), damaged, await seen(12))).toEqual({ state: 'first' });
  });
});

it('has words for every state, red for one', () => {
  const words = [
    comparisonWords({ state: 'first' }, null),
    comparisonWords({ state: 'consistent', grown: 0 }, 1),
    comparisonWords({ state: 'consistent', grown: 1 }, 1),
    comparisonWords({ state: 'rekeyed', grown: 1 }, 1),
    comparisonWords({ state: 'unknown', why: 'tiles' }, 1),
    comparisonWords({ state: 'diverged', why: 'forked' }, 1),
  ];
  expect(words.map(({ tone }) => tone)).toEqual(['quiet', 'success', 'success', 'notice', 'notice', 'danger']);
  expect(words[2]!.says).toContain('1 entry has been added since 1 Jan 1970 00:00:00 UTC');
  expect(comparisonWords({ state: 'diverged', why: 'unsigned' }, null).title).toBe(
    'This is not the log that this browser saw.',
  );
});
