import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { headOf, plainHead, RecordingVerifier } from '@/lib/kernel/recording';
import { newId } from '@/lib/platform';
import { sha256 } from '@/lib/primitives/sha256';
import { checkRoom, type Recorded, Recorder, recordingPath } from './recorder';

let folder: string;
let heads: Recorded[];
let failures: unknown[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cordon-recorder-'));
  heads = [];
  failures = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const session = newId('ssn');
const record = (over = {}) =>
  new Recorder(
    folder,
    session,
    { columns: 80, rows: 24, term: 'xterm', now: 1_790_000_000, ...over },
    {
      head: (head) => heads.push(head),
      failed: (error) => failures.push(error),
    },
  );
const path = () => recordingPath(folder, session);

describe('a recording', () => {
  it('is on the disk before each call returns, and verifies with its heads', async () => {
    const recorder = record();
    const sizes = [statSync(path()).size];
    recorder.output(Buffer.from('€uro: '));
    sizes.push(statSync(path()).size);
    const split = Buffer.from('€');
    recorder.output(split.subarray(0, 1));
    recorder.output(split.subarray(1));
    recorder.mark('command', 'ls\n-l');
    recorder.resize(0, 0);
    sizes.push(statSync(path()).size);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(new Set(sizes).size).toBe(3);
    const last = await recorder.end('exit 0');
    expect(statSync(path()).size).toBe(last.bytes);
    const text = readFileSync(path(), 'utf8');
    expect(text).toContain('"€"');
    expect(text).toContain('80x24');
    expect(last.head).toMatchObject({ session, final: true });
    expect(headOf(plainHead(last.head))).toEqual(last.head);
    const verifier = new RecordingVerifier({ sha256 }, { heads: [last.head] });
    verifier.push(readFileSync(path()));
    expect(verifier.end()).toMatchObject({ ok: true, report: { session, final: true } });
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('takes heads while there is something new, of what is on the disk', async () => {
    const recorder = record();
    await expect.poll(() => heads.length, { timeout: 30_000 }).toBe(1);
    expect(statSync(path()).size).toBe(heads[0]!.bytes);
    recorder.output(Buffer.from('x'));
    await expect.poll(() => heads.length, { timeout: 30_000 }).toBe(2);
    expect(heads[1]!.head.lines).toBe(heads[0]!.head.lines + 1);
    await recorder.end('exit 0');
    expect(failures).toEqual([]);
  });

  it('fails when its file is taken away, though nothing is said meanwhile', async () => {
    const recorder = record();
    await expect.poll(() => heads.length, { timeout: 30_000 }).toBe(1);
    rmSync(path());
    await expect.poll(() => failures.length, { timeout: 30_000 }).toBe(1);
    expect(String(failures[0])).toContain('taken away');
    await recorder.end('recorder');
    expect([heads.length, failures.length]).toEqual([1, 1]);
  });

  it('does not begin twice, nor where there is no folder or no room', async () => {
    const recorder = record();
    expect(() => record()).toThrow(/EEXIST/);
    await recorder.end('exit 0');
    const taken = join(folder, 'taken');
    writeFileSync(taken, '');
    expect(() => checkRoom(taken)).toThrow();
    mkdirSync(join(folder, 'fine'));
    checkRoom(join(folder, 'fine'));
    expect(readdirSync(join(folder, 'fine'))).toEqual([]);
  });

  it('records nothing after its end', async () => {
    const recorder = record();
    await recorder.end('exit 0');
    expect(() => recorder.output(Buffer.from('x'))).toThrow();
    await expect(recorder.end('again')).rejects.toThrow();
  });
});
