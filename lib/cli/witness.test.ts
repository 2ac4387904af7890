/** The commands of a witness; its server as the process that people start, ended as they end it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, it } from 'vitest';
import { readWitnessPolicy } from '@/lib/audit/witnesses';
import { VKEY } from '@/lib/witness/test-support';
import { bundled } from '@/test/support/bundled';
import { type Command, UsageError } from './command';
import { witnessInit } from './witness-init';
import { witnessPolicy } from './witness-policy';
import { witnessServe } from './witness-serve';

const home = mkdtempSync(join(tmpdir(), 'cordon-cli-witness-'));
afterAll(() => rmSync(home, { recursive: true }));

async function said(command: Command, ...args: string[]): Promise<string> {
  const lines: string[] = [];
  const out = { line: (text = '') => void lines.push(text), error: () => undefined };
  expect(await command.run(args, out)).toBe(0);
  return lines.join('\n');
}
const misused = (command: Command, ...args: string[]) =>
  expect(said(command, ...args), args.join(' ')).rejects.toThrow(UsageError);

it('init prints the vkey of a key that stays', async () => {
  const directory = join(home, 'init');
  const vkey = await said(witnessInit, directory, '--name', 'example.org/w1');
  expect(vkey).toMatch(/^example.org\/w1\+[0-9a-f]{8}\+B/);
  expect(JSON.parse(await said(witnessInit, join(home, 'other'), '--name', 'w', '--json'))).toMatchObject({
    name: 'w',
  });
  await misused(witnessInit, directory, '--name', 'example.org/w1');
  await misused(witnessInit, directory);
  await misused(witnessInit, join(directory, 'witness.json', 'below-a-file'), '--name', 'w');
});

it('policy writes what control reads, or a verifier', async () => {
  const vkeys = await Promise.all(
    ['a', 'b'].map((name) => said(witnessInit, join(home, name), '--name', `${name}.example`)),
  );
  const both = vkeys.flatMap((vkey) => ['--witness', vkey]);
  const path = join(home, 'policy');
  await said(
    witnessPolicy,
    '--quorum',
    '2',
    ...both,
    '--url',
    'https://a.example',
    '--url',
    'http://127.0.0.1:1',
    '--to',
    path,
  );
  expect(readWitnessPolicy(path).witnesses.map(({ name, url }) => [name, url])).toEqual([
    ['a.example', 'https://a.example'],
    ['b.example', 'http://127.0.0.1:1'],
  ]);
  const text = await said(witnessPolicy, '--quorum', '1', ...both);
  expect(text).toContain('group quorum-of-all 1 a.example b.example');
  expect(readFileSync(path, 'utf8')).toContain('quorum-of-all 2');
  await misused(witnessPolicy, '--quorum', '3', ...both);
  await misused(witnessPolicy, '--quorum', '1', ...both, '--url', 'https://a.example');
  await misused(witnessPolicy, '--quorum', '1', '--witness', VKEY);
  await misused(witnessPolicy, '--quorum', '1');
});

it('serve answers until it is ended, and needs its logs', async () => {
  const directory = join(home, 'serve');
  await said(witnessInit, directory, '--name', 'example.org/w1');
  await misused(witnessServe, directory, '--port', '0');
  await misused(witnessServe, directory, '--log', VKEY);
  await misused(witnessServe, directory, '--log', 'x', '--port', '0');
  await misused(witnessServe, directory, '--log', VKEY, '--port', '0', '--cert', 'x');
  await misused(witnessServe, join(home, 'none'), '--log', VKEY, '--port', '0');
  const main = await bundled('lib/cli/main.ts');
  const args = [main, 'witness', 'serve', directory, '--log', VKEY, '--port', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { port } = JSON.parse(line) as { port: number };
    expect((await fetch(`http://127.0.0.1:${port}/add-checkpoint`, { method: 'POST', body: 'x' })).status).toBe(400);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
  } finally {
    child.kill('SIGKILL');
  }
});
