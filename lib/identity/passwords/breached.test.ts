import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { passwordsBuild } from '@/lib/cli/passwords-build';

const folder = mkdtempSync(join(tmpdir(), 'cordon-breached-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sha1 = (text: string) => createHash('sha1').update(text, 'utf8').digest('hex').toUpperCase();

async function build(lines: string[], name: string): Promise<{ file: string; said: string }> {
  const [list, file] = [join(folder, `${name}.txt`), join(folder, `${name}.bloom`)];
  writeFileSync(list, lines.join('\r\n'));
  let said = '';
  const code = await passwordsBuild.run(['--from', list, '--to', file, '--json'], {
    line: (text = '') => {
      said += text;
    },
    error: () => {},
  });
  expect(code).toBe(0);
  return { file, said };
}

/** The module as a process with this setting sees it. */
async function withList(path: string | undefined) {
  vi.resetModules();
  vi.stubEnv('CORDON_BREACHED_PASSWORDS', path);
  const { checkNewPassword } = await import('./passwords');
  const { breached } = await import('./breached');
  return { check: checkNewPassword, breached };
}
const codeOf = (check: (password: string, around: string) => void, password: string) => {
  try {
    check(password, 'ada@example.com');
    return 'ok';
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).name;
  }
};

it('refuses what is on the list, written out or as the digests that are passed on, and nothing else', async () => {
  const plain = Array.from({ length: 3000 }, (_, n) => `leaked passphrase number ${n}`);
  const digests = Array.from({ length: 3000 }, (_, n) => `${sha1(`hashed passphrase number ${n}`)}:${n}`);
  const { file, said } = await build([...plain, '', ...digests], 'both');
  expect(JSON.parse(said)).toMatchObject({ entries: 6000, hashes: 10 });
  const { check, breached } = await withList(file);
  for (const n of [0, 1, 1499, 2999]) {
    expect(codeOf(check, `leaked passphrase number ${n}`)).toBe('identity.password.breached');
    expect(codeOf(check, `hashed passphrase number ${n}`)).toBe('identity.password.breached');
  }
  // Built for one in a thousand.
  const others = Array.from({ length: 20_000 }, (_, n) => breached(`quite another phrase ${n}`));
  expect(others.filter(Boolean).length).toBeLessThan(40);
  expect(readFileSync(file).length).toBeLessThan(6000 * 1.9);
});

it('knows a password however it was composed on the keyboard', async () => {
  const { file } = await build(['caf\u00e9 gate mural lantern'], 'composed');
  expect(codeOf((await withList(file)).check, 'cafe\u0301 gate mural lantern')).toBe('identity.password.breached');
});

it('lets no password be set when a list was asked for and cannot be read', async () => {
  const { file } = await build(['one entry of some length'], 'cut');
  truncateSync(file, 17);
  writeFileSync(join(folder, 'other.bin'), 'something else entirely, and long enough');
  for (const path of [file, join(folder, 'other.bin'), join(folder, 'missing.bloom')])
    expect(codeOf((await withList(path)).check, 'gate mural lantern seven'), path).toBe('ConfigError');
  expect(codeOf((await withList(undefined)).check, 'gate mural lantern seven')).toBe('ok');
});
