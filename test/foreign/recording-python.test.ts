/** The verifier of screen records in Python accepts what ours writes, and answers every mutant with the same code and line. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { encodeBase64 } from '@/lib/kernel/encoding';
import { type Head, headText } from '@/lib/kernel/recording';
import { scratch } from './disk';
import { RECORDING_MUTANTS, recorded, redacted, rowsOf, verified } from './recordings';
import { has } from './skip';

const SCRIPT = fileURLToPath(new URL('./verify_recording.py', import.meta.url));
const VECTORS = new URL('../vectors/recording/', import.meta.url);
const here = has('python3', ['--version'], 'screen records by the verifier in Python');
const write = scratch();
const { file, heads } = recorded();

interface Answer {
  ok: boolean;
  code?: string;
  line?: number | null;
}

/** One process for many files. */
function judged(files: readonly Uint8Array[], known: readonly Head[], ...options: string[]): Answer[] {
  const paths = files.map((bytes, i) => write(`${i}.rec`, bytes));
  const given =
    known.length > 0 ? ['--heads', write('heads', known.map((head) => `${headText(head)}\n`).join(''))] : [];
  const { stdout, stderr } = spawnSync('python3', [SCRIPT, ...given, ...options, ...paths], { encoding: 'utf8' });
  expect(stderr.includes('NOT INDEPENDENT')).toBe(known.length === 0);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

describe.skipIf(!here)('the verifier in Python', () => {
  it('accepts recordings, redacted ones and running ones', () => {
    const good = [file, redacted(file, [2, 3, 12, 40]), redacted(file, [1])];
    const root = encodeBase64(heads.at(-1)!.root);
    expect(judged(good, heads)).toEqual([0, 4, 1].map((count) => ({ ok: true, lines: 41, redacted: count, root })));
    expect(judged(good, []).every(({ ok }) => ok)).toBe(true);
    const part = recorded('salt', 10);
    expect(judged([part.file], part.heads)).toMatchObject([{ code: 'unfinished', line: 10 }]);
    expect(judged([part.file], part.heads, '--running')).toMatchObject([{ ok: true, lines: 10 }]);
  });

  it.each([
    ['with heads', heads],
    ['without heads', []],
  ])('answers every mutant as ours does, %s', (_, known: Head[]) => {
    const mutants = RECORDING_MUTANTS.map(({ make }) => make(file));
    const ours = mutants.map((mutant, i) => {
      const result = verified(mutant, known);
      return [RECORDING_MUTANTS[i]!.name, result.ok ? null : result.code, result.ok ? null : result.line];
    });
    const theirs = judged(mutants, known).map(({ code, line }, i) => [
      RECORDING_MUTANTS[i]!.name,
      code ?? null,
      line ?? null,
    ]);
    expect(theirs).toEqual(ours);
    expect(ours.filter(([, code]) => code === null)).toHaveLength(
      known.length > 0 ? 0 : RECORDING_MUTANTS.filter((mutant) => mutant.heads).length,
    );
  });

  it('answers every damaged row as ours does', () => {
    const rows = rowsOf(file);
    const damaged = rows.flatMap((row, i) =>
      [row.slice(1), `${row} `, row.replace(' ', '  '), row.toUpperCase(), row.replace(/[0-9]/, '9')]
        .filter((other) => other !== row)
        .map((other) => new TextEncoder().encode(`${rows.with(i, other).join('\n')}\n`)),
    );
    const ours = damaged
      .map((bytes) => verified(bytes, heads))
      .map((result) => (result.ok ? 'ok' : [result.code, result.line]));
    expect(judged(damaged, heads).map(({ ok, code, line }) => (ok ? 'ok' : [code, line]))).toEqual(ours);
    expect(ours).not.toContain('ok');
  });

  it('sees heads that contradict each other', () => {
    const other = recorded('other').heads;
    for (const known of [
      [heads[0]!, other[0]!],
      [heads[1]!, heads[0]!],
      [heads[5]!, { ...heads[5]!, session: 'ses_2' }],
    ]) {
      const result = verified(file, known);
      expect(judged([file], known)).toEqual([
        { ok: false, code: !result.ok && result.code, line: !result.ok && result.line },
      ]);
    }
  });

  it('agrees with the vectors', () => {
    const bytes = (name: string) => new Uint8Array(readFileSync(new URL(name, VECTORS)));
    const { root, redacted: lines } = JSON.parse(readFileSync(new URL('vectors.json', VECTORS), 'utf8'));
    const base64 = Buffer.from(root, 'hex').toString('base64');
    expect(judged([bytes('example.rec'), bytes('redacted.rec')], [])).toEqual([
      { ok: true, lines: 9, redacted: 0, root: base64 },
      { ok: true, lines: 9, redacted: lines.length, root: base64 },
    ]);
  });
});
