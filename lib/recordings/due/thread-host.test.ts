/** The thread that reads screens: what it finds, what it refuses, and that nothing a record holds stalls control. */
import { expect, it } from 'vitest';
import { fileOf, recorded, rowsOf } from '@/test/foreign/recordings';
import { SCREEN_TEXT_LIMITS } from '../limits';
import { readScreen } from './thread-host';

const { file, heads } = recorded();
async function* chunksOf(bytes: Uint8Array) {
  for (let from = 0; from < bytes.length; from += 1_000) yield bytes.subarray(from, from + 1_000);
}
const read = (bytes: Uint8Array, over: Partial<Parameters<typeof readScreen>[0]> = {}) =>
  readScreen({
    ...{
      heads,
      final: true,
      limits: SCREEN_TEXT_LIMITS,
      chunks: chunksOf(bytes),
      signal: new AbortController().signal,
    },
    ...over,
  });

it('finds what was on the screen', async () => {
  const { indexed, entries } = await read(file);
  expect(indexed).toBe('whole');
  expect(entries.filter(({ text }) => text.includes('7c13'))).toMatchObject([{ second: 6 }]);
});

it('refuses a record that is not what the audit log says, also behind where it stopped to read', async () => {
  const rows = rowsOf(file);
  const row = rows.findLastIndex((text) => text.includes('edge'));
  rows[row] = rows[row]!.replace('ICE', 'ice').replace('edge', 'EDGE');
  const limits = { ...SCREEN_TEXT_LIMITS, output: 1 };
  expect(await read(fileOf(rows))).toEqual({ indexed: 'refused', entries: [], marks: null });
  expect((await read(file, { limits })).indexed).toBe('output');
  expect((await read(fileOf(rows), { limits })).indexed).toBe('refused');
});

it('reads what broke off as far as it goes', async () => {
  const running = recorded('salt', 14);
  expect((await read(running.file.slice(0, -20), { heads: running.heads.slice(0, 1), final: false })).indexed).toBe(
    'whole',
  );
});

it('is ended when it does not end by itself', async () => {
  async function* never() {
    yield file.subarray(0, 100);
    await new Promise(() => undefined);
  }
  const limits = { ...SCREEN_TEXT_LIMITS, workMs: 200 };
  expect(await read(file, { chunks: never(), limits })).toEqual({ indexed: 'work', entries: [], marks: null });
});
