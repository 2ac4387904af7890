/** How a record stands, as a page says it: every way in which somebody could change it is named, and what only is not here yet is not. */
import { describe, expect, it } from 'vitest';
import { at, fileOf, RECORDING_MUTANTS, recorded, redacted, rowsOf } from '@/test/foreign/recordings';
import { checkRecording, stateOf } from './check';
import { linesIn } from './lines';
import { contiguous, type Piece } from './pieces';

const { file, heads } = recorded();

async function* inPieces(bytes: Uint8Array, size = 500) {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
async function standing(bytes: Uint8Array, { of = heads, over = true, announced = bytes.length } = {}) {
  return stateOf({ checked: await checkRecording(inPieces(bytes), of, 1e6), heads: of, over, announced });
}

describe('a record', () => {
  it('that is as the log says is verified, redacted or not', async () => {
    expect(await standing(file)).toEqual({ is: 'verified' });
    expect(await standing(redacted(file, [3, 9]))).toEqual({ is: 'verified' });
  });

  it.each(RECORDING_MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    'is not, with %s',
    async (_name, { make }) => {
      expect((await standing(make(file))).is).toBe('tampered');
    },
  );

  it('is tampered with when a line was changed, and the line is named', async () => {
    const rows = rowsOf(file);
    const row = at(rows, 10);
    rows[row] = rows[row]!.replace('edge', 'EDGE').replace('ICE', 'ice');
    expect(await standing(fileOf(rows))).toEqual({ is: 'tampered', code: 'changed', line: 10, to: 10 });
  });

  it('is tampered with when its end was taken away, and nothing announced says so', async () => {
    const short = file.slice(0, file.length / 2);
    expect(await standing(short)).toMatchObject({ is: 'tampered', code: 'truncated' });
    expect(await standing(short, { announced: file.length })).toMatchObject({ is: 'incomplete' });
  });

  it('is live as long as its session is, also while heads are ahead of their lines', async () => {
    const running = recorded('salt', 14);
    expect(await standing(running.file, { of: running.heads, over: false })).toEqual({ is: 'live', line: 16 });
    const late = running.file.slice(0, running.file.length - 300);
    expect(await standing(late, { of: running.heads, over: false })).toMatchObject({ is: 'live' });
    expect(await standing(running.file, { of: running.heads })).toEqual({ is: 'unfinished', line: 16 });
    expect(await standing(new Uint8Array(), { of: [] })).toEqual({ is: 'none' });
  });

  it('that is too large is not said to be anything', async () => {
    const checked = await checkRecording(inPieces(file), heads, 1_000);
    expect(stateOf({ checked, heads, over: true, announced: file.length })).toEqual({ is: 'unchecked' });
  });

  it('tells its screen, marks and length', async () => {
    const {
      screen,
      marks,
      seconds,
      lines,
      redacted: stubs,
    } = await checkRecording(inPieces(redacted(file, [3])), heads, 1e6);
    expect([screen, seconds, lines, stubs]).toEqual([{ columns: 120, rows: 34 }, 25, 41, 1]);
    expect(marks.at(0)).toEqual({ line: 1, seconds: 0.123456, kind: 'command', text: 'edge log --peer 7c10' });
    expect(marks.at(-1)).toMatchObject({ kind: 'end', text: 'given back' });
  });
});

describe('lines for a player', () => {
  it('come in order and once each, wherever the bytes are cut', () => {
    for (const size of [3_000, 4_001, file.length]) {
      const lines = [];
      let from: number | null = 0;
      while (from !== null) {
        const view = linesIn(file.subarray(from, from + size), from);
        lines.push(...view.lines);
        from = view.next === from ? null : view.next;
      }
      expect(lines).toHaveLength(40);
      expect(lines[0]).toEqual({ time: 123_456, kind: 'm', data: 'command edge log --peer 7c10' });
    }
  });

  it('end before what is no row', () => {
    const rows = rowsOf(file);
    rows[5] = 'what is this';
    const { lines, next } = linesIn(fileOf(rows), 0);
    expect([lines.length, next]).toEqual([3, null]);
  });
});

describe('pieces', () => {
  const piece = (offset: number, text: string): Piece => ({ offset, bytes: Buffer.from(text) });
  const textOf = async (pieces: Piece[], from = 0) => {
    const read = async (beyond: number) =>
      pieces.filter(({ offset, bytes }) => offset + bytes.length > beyond).slice(0, 2);
    let text = '';
    for await (const bytes of contiguous(read, from)) text += Buffer.from(bytes).toString();
    return text;
  };

  it('are told in order, each byte once, up to the first hole', async () => {
    expect(await textOf([piece(0, 'abc'), piece(2, 'cde'), piece(3, 'd'), piece(5, 'fg'), piece(9, 'x')])).toBe(
      'abcdefg',
    );
    expect(await textOf([piece(0, 'abc'), piece(3, 'def')], 4)).toBe('ef');
    expect(await textOf([piece(1, 'abc')])).toBe('');
  });
});
