import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountOf, principalOf, type Sheet } from '@/lib/kernel/grant';
import type { Held } from './plan';
import { principalsFile, principalsProgram } from './principals';

const id = (n: number) => `grt_${n.toString(16).padStart(32, '0')}`;
const now = () => Math.floor(Date.now() / 1000);
const held = (n: number, over: Partial<Held> = {}): Held => ({
  ...{ grant: id(n), account: accountOf(id(n)), uid: 70_000 + n, startsAt: now() - 10, deadline: now() + 600 },
  ...over,
});
const sheet = (over: Partial<Sheet> = {}): Sheet => ({
  ...{ target: 'host:eu-1', seq: 1, issuedAt: now() - 5, freshUntil: now() + 55, grants: [] },
  ...over,
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cordon-it's-"));
  writeFileSync(join(folder, 'program'), principalsProgram(join(folder, 'file')), { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What sshd would read, and whether the program says it failed. */
function ask(text: string | null, ...args: string[]): { out: string; failed: boolean } {
  if (text === null) rmSync(join(folder, 'file'), { force: true });
  else writeFileSync(join(folder, 'file'), text);
  const { stdout, status } = spawnSync(join(folder, 'program'), args, { encoding: 'utf8' });
  return { out: stdout, failed: status !== 0 };
}
const one = () => principalsFile(sheet(), [held(1), held(2)], now());
const nothing = { out: '', failed: true };

describe('the program that sshd asks', () => {
  it('prints the principal of a grant that runs', () => {
    expect(ask(one(), held(2).account)).toEqual({ out: `${principalOf(id(2))}\n`, failed: false });
  });

  it.each(['root', 'cg-', `${held(1).account}0`, 'cg-................', '*', 'end', ' '])(
    'prints nothing for %j',
    (account) => expect(ask(one(), account).out).toBe(''),
  );

  it('prints nothing before the start and from the deadline on', () => {
    const later = held(1, { startsAt: now() + 60 });
    const over = held(2, { deadline: now() });
    const text = principalsFile(sheet(), [later, over], now());
    expect(ask(text, later.account).out + ask(text, over.account).out).toBe('');
  });

  it('lets nobody in on a file that is stale, from the future, or of no sheet', () => {
    const of = (issuedAt: number, freshUntil: number) =>
      one().replace(/^(cordon-principals\/1) .*/, `$1 ${issuedAt} ${freshUntil}`);
    expect(ask(of(now() - 60, now()), held(1).account)).toEqual(nothing);
    expect(ask(of(now() + 60, now() + 120), held(1).account)).toEqual(nothing);
    expect(ask(principalsFile(null, [held(1)], now()), held(1).account)).toEqual(nothing);
    expect(ask(principalsFile(sheet({ freshUntil: now() }), [held(1)], now()), held(1).account)).toEqual(nothing);
  });

  it('lets nobody in when the file is missing, cut off anywhere, or has anything in it that does not belong there', () => {
    const text = one();
    expect(ask(null, held(1).account)).toEqual(nothing);
    for (let length = 0; length < text.length - 1; length += 13)
      expect(ask(text.slice(0, length), held(1).account).out).toBe('');
    for (const line of [
      'x',
      `root root 1 ${now() + 60}`,
      `${held(1).account} ${principalOf(id(1))} 1 99999999999 x`,
      '',
    ])
      expect(ask(text.replace('end ', `${line}\nend `), held(1).account)).toEqual(nothing);
    expect(ask(`${text}x\n`, held(1).account)).toEqual(nothing);
    expect(ask(text.replace('end 2', 'end 3'), held(1).account)).toEqual(nothing);
    expect(ask(text.replace(/ \d+$/m, ' 0x7fffffff'), held(1).account)).toEqual(nothing);
    expect(ask(text.replace(/ \d+$/m, ' 99999999999999999999'), held(1).account)).toEqual(nothing);
    expect(ask(text.replace(/ \d+$/m, ' $(touch x)'), held(1).account)).toEqual(nothing);
  });

  it('lets nobody in when an account stands there twice, or none is asked for', () => {
    const twice = principalsFile(sheet(), [held(1), held(1)], now());
    expect(ask(twice, held(1).account)).toEqual(nothing);
    expect(ask(one())).toEqual(nothing);
    expect(ask(one(), '')).toEqual(nothing);
  });
});
