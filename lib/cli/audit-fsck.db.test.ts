/** `cordon audit fsck` on a real database: what it says, and the exit code of each kind of fault. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FSCK_FAULTS } from '@/lib/audit/fsck';
import { logVkey } from '@/lib/keyring/operations/log';
import { type LogWorld, openLogWorld, US } from '@/test/attacks/log-world';
import { startCluster, type TestCluster } from '@/test/support/database';
import { auditFsck, FSCK_EXITS } from './audit-fsck';
import { UsageError } from './command';

const before = { ...process.env };
const folder = mkdtempSync(join(tmpdir(), 'cordon-fsck-'));
let cluster: TestCluster;
let world: LogWorld;
let vkey: string;
let head: string;

beforeAll(async () => {
  cluster = await startCluster();
  world = await openLogWorld(await cluster.database());
  await world.grow(12, 4);
  vkey = file('vkey', `${logVkey(world.keyring.context)}\n`);
  head = file('head', await world.head(US));
  Object.assign(process.env, {
    DATABASE_URL: world.db.url.installer,
    CORDON_STAFF_ORIGIN: 'https://staff.example.com',
  });
});
afterAll(async () => {
  process.env = before;
  await world.stop();
  await cluster.stop();
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

async function run(...args: string[]) {
  const lines: string[] = [];
  const exit = await auditFsck.run(args, { line: (text = '') => void lines.push(text), error: () => undefined });
  return { exit, text: lines.join('\n') };
}

it('has an exit code of its own for every fault, none of which another command has', () => {
  expect(Object.keys(FSCK_EXITS)).toEqual(Object.keys(FSCK_FAULTS));
  expect(new Set(Object.values(FSCK_EXITS)).size).toBe(12);
  expect(Math.min(...Object.values(FSCK_EXITS))).toBe(30);
});

it('finds whole logs whole, and says how fast', async () => {
  const { exit, text } = await run('--vkey', vkey, '--known-head', head);
  expect(exit).toBe(0);
  expect(text).toMatch(/^OK {2}every entry/);
  expect(text).toMatch(/logs {6}4, with 45 entries, of which 45 are signed/);
  expect(text).toMatch(/\d+ entries\/s/);
  const one = JSON.parse((await run('--vkey', vkey, '--log', US, '--json')).text);
  expect(one).toMatchObject({ ok: true, exit: 0, entries: 12, faults: [], logs: [{ name: US, size: 12, signed: 12 }] });
});

it('says that it cannot see a database put back, unless it is given a checkpoint', async () => {
  expect((await run('--vkey', vkey)).text).toContain('--known-head');
  expect((await run('--vkey', vkey, '--known-head', head)).text).not.toContain('--known-head');
});

it('names the worst fault and the index of each', async () => {
  await world.asOwner(`
    update "AuditEvent" e set "seed" = '\\x00112233445566778899aabbccddeeff' from "LogLeaf" l
      where l."log" = '${US}' and l."index" = 7 and e."xid" = l."xid" and e."id" = l."eventId";
    update "AuditEvent" e set "actor" = 'act_nobody' from "LogLeaf" l
      where l."log" = '${US}' and l."index" = 9 and e."xid" = l."xid" and e."id" = l."eventId";`);
  const { exit, text } = await run('--vkey', vkey);
  expect(exit).toBe(FSCK_EXITS.event);
  expect(text).toMatch(/^FAILED {2}event: /);
  expect(text).toMatch(/- event in log "org_us", index 7, event [0-9a-f-]{36}/);
  expect(text).toMatch(/- columns in log "org_us", index 9, .*its actor/);
  expect((await run('--vkey', vkey, '--log', 'provider')).exit).toBe(0);
});

it.each([
  [['--log', 'org_nobody', '--vkey', 'vkey']],
  [['--vkey', 'head']],
  [['--vkey', 'vkey', '--known-head', 'vkey']],
  [['--frob']],
])('is a usage error with %j', async (args) => {
  await expect(run(...args.map((arg) => (['vkey', 'head'].includes(arg) ? join(folder, arg) : arg)))).rejects.toThrow(
    UsageError,
  );
});
