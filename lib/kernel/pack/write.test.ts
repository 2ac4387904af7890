/** Making packs: what cannot be one is refused, and what is made is read back from pieces of any length. */
import { describe, expect, it } from 'vitest';
import { genuine, linesIn } from '@/test/foreign/mutants';
import {
  checkpointOf,
  type Files,
  host,
  LOG_KEY,
  recordLine,
  SHAPES,
  spoolOf,
  VKEY,
  worldOf,
} from '@/test/foreign/world';
import { buildPack, type PackInput, verifyPack } from './index';

const world = worldOf(3);
async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

const input = async (): Promise<PackInput> => ({
  checkpoint: await checkpointOf(world.log),
  range: { from: 0, to: 3 },
  proof: { left: [], right: [] },
  leaves: each(world.log.leaves),
  events: each(world.events.map(recordLine)),
  stubs: each([]),
  filter: {},
  provable: true,
  schemas: [...SHAPES, ...SHAPES],
  vkeys: [VKEY],
  createdAt: '2026-11-22T12:00:00.000Z',
  software: 'cordon test',
});

async function built(change: Partial<PackInput> = {}): Promise<Files> {
  const files: Files = new Map();
  const members = await buildPack(host, { ...(await input()), ...change }, spoolOf(files));
  return new Map(members.map(({ name }) => [name, files.get(name)!]));
}

describe('a pack', () => {
  it('has its files in their order', async () => {
    expect([...(await genuine()).keys()]).toEqual([
      'manifest.json',
      'checkpoint',
      'range.json',
      'leaves.bin',
      'events.ndjson',
      'stubs.ndjson',
      'schemas.json',
      'vkeys',
      'consistency/2',
      'consistency/36',
      'operator/proof.tlog-proof',
      'README.txt',
    ]);
  });

  it('verifies from pieces of any length, with files for people in it', async () => {
    const files = await built({ csv: each([Uint8Array.of(1), Uint8Array.of(2)]), verifyHtml: Uint8Array.of(3) });
    expect(files.get('events.csv')).toEqual(Uint8Array.of(1, 2));
    for (const length of [1, 31, 33, 1000]) {
      const source = {
        async *files() {
          for (const [name, bytes] of files) yield { name, bytes: bytes.length, data: pieces(bytes, length) };
        },
      };
      const result = await verifyPack(host, source, { keys: [LOG_KEY.key] });
      expect(result).toMatchObject({ ok: true, report: { events: 3 } });
    }
  });

  it('has many lines in chunks that are none too large', async () => {
    const many = worldOf(200);
    const sizes: number[] = [];
    const files: Files = new Map();
    const spool = spoolOf(files);
    const counting = {
      ...spool,
      async write(name: string, data: AsyncIterable<Uint8Array>) {
        const seen: Uint8Array[] = [];
        for await (const chunk of data) seen.push(chunk);
        if (name === 'events.ndjson') sizes.push(...seen.map(({ length }) => length));
        await spool.write(name, each(seen));
      },
    };
    const change = {
      checkpoint: await checkpointOf(many.log),
      range: { from: 0, to: 200 },
      leaves: each(many.log.leaves),
      events: each(many.events.map(recordLine)),
    };
    await buildPack(host, { ...(await input()), ...change }, counting);
    expect(linesIn(files, 'events.ndjson')).toHaveLength(200);
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(2 * 65_536);
  });

  it.each<[string, () => Partial<PackInput> | Promise<Partial<PackInput>>]>([
    ['a note that is no checkpoint', () => ({ checkpoint: 'hello\n' })],
    ['a leaf too few', () => ({ leaves: each(world.log.leaves.slice(1)) })],
    ['an event too few', () => ({ events: each(world.events.slice(1).map(recordLine)) })],
    ['a line too many', () => ({ stubs: each(['{}']) })],
    ['a range beyond the checkpoint', async () => ({ checkpoint: await checkpointOf(world.log, 2) })],
    ['a filter that is none', () => ({ filter: { schema: [] } })],
    ['a time of another form', () => ({ createdAt: '2026-11-22' })],
    ['a name of several lines', () => ({ software: 'a\nb' })],
  ])('is not made of %s', async (_, change) => {
    await expect(built(await change())).rejects.toThrow(RangeError);
  });
});

async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}
