/** Lines out of chunks of any length, and what is refused before it is held. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromUtf8, toUtf8 } from '@/lib/kernel/encoding';
import { MAX_LINE_BYTES } from '@/lib/kernel/log';
import { piecesOf } from './lines';

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}

async function linesOf(bytes: Uint8Array, pieces: number): Promise<string[]> {
  const found: string[] = [];
  for await (const piece of piecesOf('events.ndjson', inPieces(bytes, pieces)))
    found.push(...fromUtf8(piece)!.split('\n'));
  return found;
}

describe('lines', () => {
  it('come back whatever they are cut into', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 }).map((line) => line.replaceAll('\n', ''));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), async (lines, pieces) => {
        const bytes = toUtf8(lines.map((line) => `${line}\n`).join(''))!;
        expect(await linesOf(bytes, pieces)).toEqual(lines);
      }),
    );
  });

  it('may be as long as the log allows, and no longer', async () => {
    const longest = toUtf8(`${'x'.repeat(MAX_LINE_BYTES)}\n`)!;
    expect((await linesOf(longest, 5000))[0]).toHaveLength(MAX_LINE_BYTES);
    async function* endless() {
      for (;;) yield new Uint8Array(5000).fill(0x78);
    }
    await expect(piecesOf('events.ndjson', endless()).next()).rejects.toMatchObject({ code: 'malformed' });
  });

  it('all end', async () => {
    await expect(linesOf(toUtf8('a\nb')!, 1)).rejects.toMatchObject({
      code: 'malformed',
      place: { file: 'events.ndjson' },
    });
  });
});
