/** The command as people run it: a process, its output and its exit code. */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { bundled } from '@/test/support/bundled';
import { APP_ID, ISSUED_AT, PRIMARY, SECONDARY, tokenOf } from '@/test/vectors/world';

const MAIN = await bundled('lib/cli/main.ts');

/** Runs it, from a foreign directory; `input` is what the process reads. */
function cordon(args: string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: tmpdir(),
    input,
    encoding: 'utf8',
  });
  expect(stdout + stderr).not.toContain(PRIMARY);
  return { status, stdout, stderr };
}

const AT = ['--at', String(ISSUED_AT + 60)];
const issue = ['token', 'issue', '--app-id', APP_ID, '--channel', 'room'];

describe('cordon token inspect', () => {
  it('shows a valid token and exits 0', () => {
    const { status, stdout } = cordon(['token', 'inspect', tokenOf(), '--certificate', PRIMARY, ...AT]);
    expect(status).toBe(0);
    for (const words of [APP_ID, 'channel "room"', 'user "alice"', 'publishVideoStream', 'VALID'])
      expect(stdout).toContain(words);
  });

  it.each([
    ['token.signature', ['--certificate', SECONDARY, ...AT]],
    ['token.expired', ['--at', String(ISSUED_AT + 3600)]],
    ['token.not_yet_valid', ['--at', String(ISSUED_AT - 1)]],
    ['token.wrong_channel', ['--channel', 'hall', ...AT]],
    ['token.wrong_account', ['--channel', 'room', '--account', 'bob', ...AT]],
  ])('exits 1 with %s', (code, options) => {
    const { status, stdout } = cordon(['token', 'inspect', tokenOf(), '--json', ...options]);
    const report = JSON.parse(stdout);
    expect([status, report.valid, report.code]).toEqual([1, false, code]);
    expect(report.checks.find((check: { code?: string }) => check.code === code).result).toBe('refused');
  });

  it('exits 1 for what is no token', () => {
    const { status, stdout } = cordon(['token', 'inspect', '007!', '--json']);
    expect([status, JSON.parse(stdout)]).toMatchObject([1, { code: 'token.malformed', token: null }]);
  });

  it('does not let a token write on the terminal', () => {
    const { stdout } = cordon(['token', 'inspect', tokenOf({ account: '\u001b[2Jx\u202e' }), ...AT]);
    expect(stdout).toContain('\\u001b[2Jx?');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('cordon token issue', () => {
  it('prints a token that inspect accepts, with the certificate from standard input', () => {
    const made = cordon([...issue, '--certificate', '-', '--uid', '42', '--privileges', 'join,audio'], PRIMARY);
    expect(made.status).toBe(0);
    const seen = cordon([
      'token',
      'inspect',
      made.stdout.trim(),
      '--certificate',
      PRIMARY,
      '--channel',
      'room',
      '--account',
      '42',
      '--json',
    ]);
    const report = JSON.parse(seen.stdout);
    expect([seen.status, report.valid]).toEqual([0, true]);
    expect(report.token.services).toEqual([
      {
        kind: 'rtc',
        channel: 'room',
        account: '42',
        privileges: [
          { id: 1, seconds: 0 },
          { id: 2, seconds: 0 },
        ],
      },
    ]);
  });
});

describe('usage', () => {
  it.each([
    [['token', 'issue']],
    [['token', 'inspect']],
    [['token', 'inspect', 'a', 'b']],
    [['token', 'frob']],
    [['token', 'inspect', 'x', '--at', 'noon']],
    [[...issue, '--certificate', PRIMARY.slice(1)]],
    [[...issue, PRIMARY]],
    [[...issue, '--certificate', PRIMARY, '--uid', '0']],
    [[...issue, '--certificate', PRIMARY, '--ttl', '86401']],
    [[...issue, '--certificate', PRIMARY, '--role', 'host']],
    [[...issue, '--certificate', PRIMARY, '--privileges', 'join,toString']],
  ])('exits 2 for %j', (args) => {
    const { status, stderr } = cordon(args);
    expect(status).toBe(2);
    expect(stderr).not.toBe('');
  });

  it('prints help', () => {
    const { status, stdout } = cordon(['help']);
    expect(status).toBe(0);
    expect(stdout).toContain('cordon token inspect');
  });
});
