/** What the writer makes verifies, whatever the terminal and the gateway give it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromUtf8, toUtf8 } from '@/lib/kernel/encoding';
import { primitives } from '@/lib/primitives';
import { saltsOf, verified } from '@/test/foreign/recordings';
import {
  type CheckedLine,
  castLine,
  type Event,
  headOf,
  headText,
  MAX_LINE_BYTES,
  MAX_MICROSECONDS,
  plainHead,
  RecordingFull,
  RecordingVerifier,
  RecordingWriter,
  Utf8Stream,
} from './index';

const header = { columns: 80, rows: 24, timestamp: 1_795_341_600, term: 'xterm' };
const writer = () => new RecordingWriter({ ...primitives, salt: saltsOf('w') }, 'ses_1');

function read(rows: readonly Uint8Array[]): CheckedLine[] {
  const lines: CheckedLine[] = [];
  const verifier = new RecordingVerifier(primitives, { running: true, row: (_, line) => line && lines.push(line) });
  for (const row of rows) verifier.push(row);
  const result = verifier.end();
  if (!result.ok) expect.fail(`${result.code} at ${result.line}`);
  return lines;
}
const events = (lines: readonly CheckedLine[]): Event[] =>
  lines.flatMap((line) => ('event' in line ? [line.event] : []));

describe('UTF-8 in chunks', () => {
  it('is the same text however it was cut', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 12 }).map((text) => new Uint8Array(Buffer.from(text))),
      // Mostly first and further bytes: what cuts go wrong at.
      fc
        .array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc3, 0xe2, 0xed, 0xa0, 0xf0, 0x9f, 0x98, 0xf4, 0x90, 0xf8, 0xff))
        .map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(bytes, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (input, sizes) => {
        const stream = new Utf8Stream();
        let text = '';
        for (let from = 0, i = 0; from < input.length; from += sizes[i++ % sizes.length]!) {
          text += stream.push(input.subarray(from, from + sizes[i % sizes.length]!));
        }
        text += stream.end();
        expect(text).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(input));
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not wait for what is complete', () => {
    expect(new Utf8Stream().push(Uint8Array.of(0x41, 0xc3))).toBe('A');
    expect(new Utf8Stream().push(toUtf8('😀')!)).toBe('😀');
  });
});

describe('the writer', () => {
  it('records any bytes at any times so that they verify and say the same', () => {
    const step = fc.record({
      time: fc.integer({ min: 0, max: 100_000_000 }),
      what: fc.oneof(
        fc.uint8Array({ maxLength: 30 }),
        fc.record({ columns: fc.integer(), rows: fc.double() }),
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.constant(null),
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const w = writer();
        const rows = [w.start(header)];
        const heads = [];
        const bytes: number[] = [];
        for (const { time, what } of steps) {
          if (what === null) {
            const { head, row } = w.head();
            heads.push(head);
            rows.push(row);
          } else if (what instanceof Uint8Array) {
            rows.push(w.output(time, what));
            bytes.push(...what);
          } else if (typeof what === 'string') rows.push(w.mark(time, { kind: 'command', text: what }));
          else rows.push(w.resize(time, what.columns, what.rows));
        }
        const { head, row } = w.end(100_000_001, 'given back');
        rows.push(row);
        const result = verified(new Uint8Array(Buffer.concat(rows)), [...heads, head]);
        if (!result.ok) expect.fail(`${result.code} at ${result.line}`);
        expect(result.report).toMatchObject({ final: true, time: 100_000_001, lines: head.lines });
        const shown = events(read(rows)).filter(({ kind }) => kind === 'o');
        expect(shown.map(({ data }) => data).join('')).toBe(
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes)),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('cuts long output between characters into lines that fit', () => {
    for (const text of ['\u0000'.repeat(20_000), `x${'😀'.repeat(20_000)}`, '"\\'.repeat(10_000)]) {
      const w = writer();
      const lines = read([w.start(header), w.output(5, toUtf8(text)!), w.head().row]);
      expect(
        events(lines)
          .map(({ data }) => data)
          .join(''),
      ).toBe(text);
      for (const line of lines) expect(castLine(line).length).toBeLessThanOrEqual(MAX_LINE_BYTES + 1);
    }
  });

  it('clamps sizes, names of terminals, marks, and times that go back', () => {
    const w = writer();
    const rows = [
      w.start({ ...header, columns: 0, rows: 0, term: 'x"; rm' }),
      w.resize(9, 100_000, -4),
      w.mark(3, { kind: 'note', text: `\u001b[2J${'é'.repeat(2_000)}` }),
      w.mark(4, { kind: 'command', text: '' }),
      w.end(2, 'expired').row,
    ];
    const lines = read(rows);
    expect(fromUtf8(castLine(lines[0]!))).toBe(
      '{"env":{"TERM":"xterm-256color"},"height":24,"timestamp":1795341600,"version":2,"width":80}\n',
    );
    const [resize, note, command, end] = events(lines);
    expect([resize, command, end]).toEqual([
      { time: 9, kind: 'r', data: '512x24' },
      { time: 9, kind: 'm', data: 'command -' },
      { time: 9, kind: 'm', data: 'end expired' },
    ]);
    expect(note!.data).toMatch(/^note \ufffd\[2Jé{1020}$/);
  });

  it('has nothing to say after its end', () => {
    const w = writer();
    w.start(header);
    w.end(1, 'x');
    for (const act of [
      () => w.output(2, Uint8Array.of(65)),
      () => w.mark(2, { kind: 'note', text: 'x' }),
      () => w.head(),
      () => w.end(2, 'x'),
      () => w.start(header),
    ])
      expect(act).toThrow(RecordingFull);
  });

  it('stops at its limits, and can still say why it ended', () => {
    const w = writer();
    const rows = [w.start(header)];
    expect(() => w.output(MAX_MICROSECONDS + 1, Uint8Array.of(65))).toThrow(RecordingFull);
    rows.push(w.end(MAX_MICROSECONDS + 1, 'recording full').row);
    expect(events(read(rows))).toEqual([{ time: MAX_MICROSECONDS, kind: 'm', data: 'end recording full' }]);

    for (const most of [
      { lines: 10, bytes: 1_000_000 },
      { lines: 1_000, bytes: 200_000 },
    ]) {
      const full = new RecordingWriter({ ...primitives, salt: saltsOf('w') }, 'ses_1', most);
      const all = [full.start(header)];
      // Too much at once leaves nothing behind: what is in the tree is in the file.
      expect(() => full.output(1, new Uint8Array(1_000_000))).toThrow(RecordingFull);
      expect(() => {
        for (;;) all.push(full.output(1, Uint8Array.of(65)));
      }).toThrow(RecordingFull);
      all.push(full.end(2, 'recording full').row);
      const size = all.reduce((sum, { length }) => sum + length, 0);
      const { length } = read(all);
      expect([size <= most.bytes, length <= most.lines]).toEqual([true, true]);
      expect(length).toBeGreaterThan(8);
    }
  });

  it('does not take a session or a salt that is none', () => {
    expect(() => new RecordingWriter({ ...primitives, salt: saltsOf('w') }, 'a b')).toThrow(RangeError);
    const poor = new RecordingWriter({ ...primitives, salt: () => new Uint8Array(8) }, 'ses_1');
    expect(() => poor.start(header)).toThrow(RangeError);
  });
});

describe('heads', () => {
  const w = writer();
  w.start(header);
  const { head } = w.head();

  it('are read back from what was written', () => {
    expect(headOf(JSON.parse(headText(head)))).toEqual(head);
    expect(headOf({ ...plainHead(head), more: 1 })).toEqual(head);
  });

  it.each([
    null,
    'x',
    [],
    { ...plainHead(head), lines: 0 },
    { ...plainHead(head), lines: 1.5 },
    { ...plainHead(head), lines: '1' },
    { ...plainHead(head), time: -1 },
    { ...plainHead(head), root: 'AAAA' },
    { ...plainHead(head), root: 7 },
    { ...plainHead(head), final: 'no' },
    { ...plainHead(head), session: 'a b' },
  ])('are not read from %j', (value) => {
    expect(headOf(value)).toBeNull();
  });
});
