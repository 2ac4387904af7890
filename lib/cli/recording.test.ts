/** `cordon recording verify|redact|cast` on files: exit code and line per kind of failure, and nothing raw on the terminal. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { headText, plainHead, RecordingWriter } from '@/lib/kernel/recording';
import { primitives } from '@/lib/primitives';
import { RECORDING_MUTANTS, recorded, redacted, saltsOf } from '@/test/foreign/recordings';
import { type Command, UsageError } from './command';
import { recordingCast } from './recording-cast';
import { RECORDING_EXITS } from './recording-print';
import { recordingRedact } from './recording-redact';
import { recordingVerify } from './recording-verify';

const folder = mkdtempSync(join(tmpdir(), 'cordon-recording-'));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, content: Uint8Array | string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

async function run(command: Command, ...args: string[]) {
  const lines: string[] = [];
  const exit = await command.run(args, { line: (text = '') => lines.push(text), error: (text) => lines.push(text) });
  return { exit, text: lines.join('\n') };
}
const usage = async (command: Command, ...args: string[]) => {
  await expect(run(command, ...args)).rejects.toThrow(UsageError);
};

const { file, heads } = recorded();
const path = put('good.rec', file);
const headsPath = put('heads', heads.map((head) => `${headText(head)}\n`).join(''));

describe('cordon recording verify', () => {
  it('accepts, and says loudly when nothing but the file was believed', async () => {
    const known = await run(recordingVerify, path, '--heads', headsPath);
    expect(known.exit).toBe(0);
    expect(known.text).toMatch(/^OK {2}whole/);
    expect(known.text).not.toContain('NOT INDEPENDENT');
    const own = await run(recordingVerify, path);
    expect([own.exit, own.text]).toEqual([0, expect.stringContaining('NOT INDEPENDENT')]);
    expect(own.text).toContain('does not prove which commands ran');
    const json = JSON.parse((await run(recordingVerify, path, '--json')).text);
    expect(json).toMatchObject({ ok: true, lines: 41, final: true, independent: false, redacted: { lines: 0 } });
  });

  it('takes heads out of exported events', async () => {
    const events = heads.map((head) => JSON.stringify({ schema: 'recording.head@1', details: plainHead(head) }));
    const { exit, text } = await run(recordingVerify, path, '--heads', put('events', events.join('\n')), '--json');
    expect([exit, JSON.parse(text).known]).toEqual([0, { heads: 6, lines: 41 }]);
  });

  it.each(RECORDING_MUTANTS.map((mutant) => [mutant.name, mutant] as const))('names: %s', async (_, mutant) => {
    const other = put('mutant.rec', mutant.make(file));
    const known = mutant.heads ? ['--heads', headsPath] : [];
    const { exit, text } = await run(recordingVerify, other, ...known, '--json');
    expect(exit).toBe(RECORDING_EXITS[mutant.code]);
    expect(JSON.parse(text)).toMatchObject({ ok: false, code: mutant.code, line: mutant.line, exit });
    const said = await run(recordingVerify, other, ...known);
    expect(said.text).toContain(`FAILED  ${mutant.code}`);
    if (mutant.line !== null) expect(said.text).toMatch(new RegExp(`lines? ${mutant.line}\\b`));
  });

  it('never lets a recording write on the terminal', async () => {
    const writer = new RecordingWriter({ ...primitives, salt: saltsOf('x') }, 'ses_1');
    const rows = [writer.start({ columns: 80, rows: 24, timestamp: 1, term: 'x' })];
    rows.push(writer.output(1, Buffer.from('\u001b]52;c;cm0gLXJm\u0007\u009b2J\u001b[2J')));
    rows.push(writer.end(2, 'x').row);
    const whole = Buffer.concat(rows);
    for (const bytes of [whole, whole.subarray(0, -20), Buffer.from(whole.toString().replace('u0007', 'u0008'))]) {
      for (const options of [[], ['--json']]) {
        const { text } = await run(recordingVerify, put('hostile.rec', bytes), ...options);
        expect(text).toMatch(/^[\n -~]+$/);
      }
    }
  });

  it('does not take other files, and none', async () => {
    await usage(recordingVerify, join(folder, 'none'));
    await usage(recordingVerify, folder);
    await usage(recordingVerify, path, '--heads', put('bad-heads', '{"lines":1}\n'));
    await usage(recordingVerify, path, '--heads', put('no-heads', '\n'));
    await usage(recordingVerify);
  });
});

describe('cordon recording redact', () => {
  it('writes a file that verifies, and tells which lines are gone', async () => {
    const out = join(folder, 'out.rec');
    const { exit, text } = await run(recordingRedact, path, '--lines', '2,11-13', '-o', out, '--heads', headsPath);
    expect([exit, text]).toEqual([0, expect.stringContaining('4 lines redacted')]);
    expect(new Uint8Array(readFileSync(out))).toEqual(redacted(file, [2, 11, 12, 13]));
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const after = await run(recordingVerify, out, '--heads', headsPath);
    expect([after.exit, after.text]).toEqual([0, expect.stringContaining('redacted   lines 2, 11-13')]);
    await usage(recordingRedact, path, '--lines', '3', '-o', out);
  });

  it('leaves nothing behind when it refuses', async () => {
    const out = join(folder, 'refused.rec');
    for (const lines of ['0', '21', '99', '5-3', 'a', '1-2-3', '', '-1']) {
      await usage(recordingRedact, path, `--lines=${lines}`, '-o', out);
      expect(existsSync(out)).toBe(false);
    }
    const damaged = put('damaged.rec', RECORDING_MUTANTS[0]!.make(file));
    expect((await run(recordingRedact, damaged, '--lines', '3', '-o', out)).exit).toBe(RECORDING_EXITS.changed);
    expect(existsSync(out)).toBe(false);
    await usage(recordingRedact, path, '--lines', '3', '-o', join(folder, 'no-folder', 'x'));
    await usage(recordingRedact, path, '--lines', '3');
  });
});

describe('cordon recording cast', () => {
  it('writes what plays, of a record that verifies', async () => {
    const out = join(folder, 'out.cast');
    expect((await run(recordingCast, put('r.rec', redacted(file, [12])), '-o', out)).exit).toBe(0);
    const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect([lines.length, JSON.parse(lines[0]!).version, JSON.parse(lines[12]!)[2]]).toEqual([
      41,
      2,
      '\u0018[redacted]',
    ]);
    const refused = join(folder, 'refused.cast');
    expect((await run(recordingCast, put('t.rec', file.subarray(0, 900)), '-o', refused)).exit).toBe(
      RECORDING_EXITS.truncated,
    );
    expect(existsSync(refused)).toBe(false);
  });
});
