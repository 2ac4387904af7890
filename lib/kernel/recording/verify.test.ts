/** The verifier names what was done to a recording, and where. The list of what can be done is shared with the verifier in Python. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromUtf8, toUtf8 } from '@/lib/kernel/encoding';
import { primitives } from '@/lib/primitives';
import {
  at,
  fileOf,
  RECORDING_MUTANTS,
  recorded,
  redacted,
  rowsOf,
  SESSION,
  verified,
} from '@/test/foreign/recordings';
import { castLine, REDACTED_OUTPUT, RecordingVerifier, Redactor } from './index';

const { file, heads } = recorded();
const final = heads.at(-1)!;

describe('a recording', () => {
  it('verifies, with the heads of the audit log and without', () => {
    const result = verified(file, heads);
    expect(result).toMatchObject({ ok: true, report: { session: SESSION, lines: 41, time: 25_000_000, final: true } });
    expect(result.ok && result.report.root).toEqual(final.root);
    expect(result.ok && [result.report.heads, result.report.known]).toEqual([6, { heads: 6, lines: 41 }]);
    expect(verified(file).ok).toBe(true);
    expect(verified(file, [heads[2]!])).toMatchObject({ ok: true, report: { known: { heads: 1, lines: 21 } } });
  });

  it('verifies in whatever chunks it comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (sizes) => {
        const verifier = new RecordingVerifier(primitives, { heads });
        for (let from = 0, i = 0; from < file.length; i++) {
          const size = sizes[i % sizes.length]!;
          // One buffer that is written over, as a stream does.
          const buffer = file.slice(from, from + size);
          verifier.push(buffer);
          buffer.fill(0);
          from += size;
        }
        expect(verifier.end().ok).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('that is still running is accepted when asked for', () => {
    for (const lines of [1, 4, 7, 10, 19]) {
      const part = recorded('salt', lines);
      expect(verified(part.file, part.heads)).toMatchObject({ ok: false, code: 'unfinished', line: lines });
      expect(verified(part.file, part.heads, true)).toMatchObject({ ok: true, report: { final: false, lines } });
    }
  });

  it('ends where the audit log says that it ended, even if the file lost its final row', () => {
    const rows = rowsOf(file);
    const open = fileOf(rows.with(rows.length - 1, rows.at(-1)!.replace(' final ', ' open ')));
    expect(verified(open)).toMatchObject({ ok: false, code: 'unfinished' });
    expect(verified(open, heads)).toMatchObject({ ok: true, report: { final: true } });
  });
});

describe('tampering', () => {
  it.each(RECORDING_MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s',
    (_, { code, line, make, heads: known }) => {
      const mutant = make(file);
      const result = verified(mutant, known && heads);
      expect(result).toMatchObject({ ok: false, code, line });
      if (known) expect(verified(mutant).ok).toBe(true);
      else expect(verified(mutant, heads).ok).toBe(false);
    },
  );

  it('by any bit is seen', () => {
    fc.assert(
      fc.property(fc.nat(file.length * 8 - 1), (bit) => {
        const other = file.slice();
        other[bit >> 3]! ^= 1 << (bit & 7);
        expect(verified(other, heads).ok).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('names the interval between two heads, no more', () => {
    const { make } = RECORDING_MUTANTS.find(({ name }) => name === 'a line is changed with its commitment')!;
    expect(verified(make(file))).toMatchObject({ code: 'head', line: 7, to: 13 });
    expect(verified(make(file), heads)).toMatchObject({ code: 'head', line: 7, to: 13 });
  });

  it('with the heads of the log is a contradiction of the log', () => {
    const other = recorded('other').heads;
    expect(verified(file, [heads[0]!, { ...other[0]! }])).toMatchObject({ code: 'diverged', line: 7, to: 7 });
    expect(verified(file, [heads[1]!, heads[0]!])).toMatchObject({ code: 'diverged' });
    expect(verified(file, [final, { ...final, lines: 42 }])).toMatchObject({ code: 'diverged' });
    expect(verified(file, [final, { ...final, session: 'ses_2' }])).toMatchObject({ code: 'session' });
    expect(verified(file, [final, final])).toMatchObject({ ok: true });
  });
});

describe('redaction', () => {
  const free = rowsOf(file)
    .filter((row) => /^= \d+ \S+ \S+ \[[^ ]+ "[om]"/.test(row))
    .map((row) => Number(row.split(' ')[1]));

  it('of any lines leaves a recording that verifies and tells nothing of them', () => {
    fc.assert(
      fc.property(fc.subarray(free), (lines) => {
        const out = redacted(file, lines);
        const result = verified(out, heads);
        if (!result.ok) expect.fail(result.code);
        expect(result.report.root).toEqual(final.root);
        expect(result.report.redacted.lines).toBe(lines.length);
        const listed = result.report.redacted.runs.flatMap(([from, to]) =>
          Array.from({ length: to - from + 1 }, (_, i) => from + i),
        );
        expect(listed).toEqual(lines);
        const before = rowsOf(file);
        const after = rowsOf(out);
        for (const n of lines) {
          expect(after[at(after, n)]).toMatch(/^- \d+ \d+ [om] \S{44}$/);
          expect(fromUtf8(out)).not.toContain(before[at(before, n)]!.split(' ')[2]);
        }
        expect(after.filter((row) => !row.startsWith('- '))).toEqual(
          before.filter((row) => !lines.some((n) => row.startsWith(`= ${n} `))),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('in two steps is the same as in one', () => {
    expect(redacted(redacted(file, [10, 11]), [12])).toEqual(redacted(file, [10, 11, 12]));
  });

  it('refuses the header and changes of size, and a recording that does not verify', () => {
    for (const line of [0, 21]) {
      const redactor = new Redactor(primitives, (n) => n === line);
      redactor.push(file);
      expect(redactor.end()).toMatchObject({ result: { ok: true }, refused: line });
    }
    const redactor = new Redactor(primitives, (n) => n === 20);
    redactor.push(RECORDING_MUTANTS[0]!.make(file));
    expect(redactor.end().result).toMatchObject({ ok: false, code: 'changed', line: 12 });
  });

  it('shows in what plays, and in nothing else', () => {
    const cast = (bytes: Uint8Array) => {
      const lines: string[] = [];
      const verifier = new RecordingVerifier(primitives, {
        row: (_, line) => line && lines.push(fromUtf8(castLine(line))!),
      });
      verifier.push(bytes);
      expect(verifier.end().ok).toBe(true);
      return lines;
    };
    const [whole, part] = [cast(file), cast(redacted(file, [12, 13]))];
    expect(JSON.parse(part[12]!)).toEqual([JSON.parse(whole[12]!)[0], 'o', REDACTED_OUTPUT]);
    expect(JSON.parse(part[13]!)).toEqual([JSON.parse(whole[13]!)[0], 'm', 'note [redacted]']);
    expect(part.filter((line, i) => line !== whole[i])).toHaveLength(2);
    for (const line of whole) expect(toUtf8(line)!.length).toBeLessThan(65_536);
  });
});
