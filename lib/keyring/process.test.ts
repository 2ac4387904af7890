import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acts, CAST, id, request } from '@/test/support/grants';
import { openProduction } from '@/test/support/production';
import { enrol, type Holder, signed } from '@/test/support/soft-passkeys';
import { createKeyring } from './client';
import { type KeyringProcess, spawnKeyring, stopKeyring, temporaryHome } from './test-support';

const KEYRING_FILES = ['credentials.log', 'grants.log', 'keys.json', 'logs.log', 'positions.log', 'subjects.log'];

describe('a running keyring', () => {
  let home: string;
  let keyring: KeyringProcess;
  beforeAll(async () => {
    home = await temporaryHome();
    keyring = await spawnKeyring(home);
    await keyring.ready;
  });
  afterAll(async () => {
    expect(await stopKeyring(keyring)).toBe(0);
    await expect(stat(keyring.socketPath)).rejects.toMatchObject({ code: 'ENOENT' });
    await rm(home, { recursive: true });
  });

  it('keeps its files to itself', async () => {
    const mode = async (path: string) => ((await stat(join(home, path))).mode & 0o777).toString(8);
    expect([
      await mode('keys'),
      await mode('keys/keys.json'),
      await mode('keys/positions.log'),
      await mode('keys/credentials.log'),
      await mode('keyring.sock'),
    ]).toEqual(['700', '600', '600', '600', '660']);
  });

  it('answers its clients, and says who is not one', async () => {
    const { policyKeys } = await keyring.client('console').call('trust.describe', {});
    expect(policyKeys).toHaveLength(2);
    const stranger = createKeyring({ socketPath: keyring.socketPath, token: 'f'.repeat(64) });
    await expect(stranger.call('trust.describe', {})).rejects.toMatchObject({
      code: 'keyring.refused:request.unauthenticated',
    });
    const nobody = createKeyring({ socketPath: join(home, 'nothing.sock'), token: 'f'.repeat(64) });
    await expect(nobody.call('trust.describe', {})).rejects.toMatchObject({ code: 'keyring.unavailable' });
  });

  it('logs what was done by whom, and no values', async () => {
    const made = await keyring
      .client('console')
      .call('certificate.create', { certificateId: 'crt_logged', projectId: 'prj_1', appId: 'ab'.repeat(16) });
    await expect
      .poll(() => keyring.lines.join('\n'))
      .toContain('"operation":"certificate.create","client":"console","outcome":"ok"');
    const log = keyring.lines.join('\n');
    for (const secret of [made.value, made.sealed, 'crt_logged', keyring.tokens.console])
      expect(log).not.toContain(secret);
  });

  it('does not let a second keyring take its socket', async () => {
    const clients = join(home, 'clients.json');
    const before = await readFile(clients);
    const second = await spawnKeyring(home);
    expect(await second.exited).toBe(1);
    await writeFile(clients, before);
    expect(second.lines.join('\n')).toContain('another keyring is serving');
    await expect(keyring.client('console').call('trust.describe', {})).resolves.toBeDefined();
  });
});

describe('a killed keyring', () => {
  let home: string;
  beforeEach(async () => {
    home = await temporaryHome();
  });
  afterEach(() => rm(home, { recursive: true }));

  it('starts again over its stale socket with the same keys', async () => {
    const first = await spawnKeyring(home);
    await first.ready;
    const { now: then, ...before } = await first.client('console').call('trust.describe', {});
    first.child.kill('SIGKILL');
    await first.exited;
    expect((await stat(first.socketPath)).isSocket()).toBe(true);
    const second = await spawnKeyring(home);
    await second.ready;
    const { now, ...after } = await second.client('console').call('trust.describe', {});
    expect(after).toEqual(before);
    expect(now).toBeGreaterThan(then!);
    await stopKeyring(second);
  });

  it('knows every passkey it has answered for, and that a welcome was used', async () => {
    const signIn = { action: 'sign-in', object: '', version: '', terms: [] };
    const first = await spawnKeyring(home);
    await first.ready;
    await first.client('installer').call('staff.welcome', { userId: 'usr_welcome', ttlSeconds: 3600 });
    const { call: before } = first.client('console');
    const answered: Holder[] = [await enrol(before, { realm: 'staff', userId: 'usr_welcome' })];
    // Killed in the middle of forty registrations.
    const registrations = Array.from({ length: 40 }, async () => {
      answered.push(await enrol(before));
      if (answered.length === 10) first.child.kill('SIGKILL');
    });
    await Promise.allSettled(registrations);
    await first.exited;
    const second = await spawnKeyring(home);
    await second.ready;
    const { call } = second.client('console');
    expect(answered.length).toBeGreaterThanOrEqual(10);
    for (const holder of answered)
      expect(await call('act.verify', await signed(call, holder, { act: signIn }))).toMatchObject({ valid: true });
    const again = await enrol(call, { realm: 'staff', userId: 'usr_welcome' });
    expect(again.registered.state).toBe('pending');
    await stopKeyring(second);
  });

  it('knows every vote it has answered for, and what was ended', async () => {
    const first = await spawnKeyring(home);
    await first.ready;
    const { call } = first.client('console');
    const seconds = () => Math.floor(Date.now() / 1000);
    const welcome = (userId: string) => first.client('installer').call('staff.welcome', { userId, ttlSeconds: 3600 });
    const production = await openProduction(call, welcome, seconds);
    const terms = request(seconds());
    const answered: string[] = [];
    const grants = Array.from({ length: 20 }, (_, i) => id('grt', i));
    for (const grant of grants) await production.act(CAST.asker, acts.ask(grant, terms));
    await call('grant.end', { request: grants[0]!, why: 'withdrawn' });
    // Killed in the middle of nineteen votes.
    const votes = grants.slice(1).map(async (grant) => {
      await production.act(CAST.security, acts.vote(grant, terms, 'security'));
      answered.push(grant);
      if (answered.length === 5) first.child.kill('SIGKILL');
    });
    await Promise.allSettled(votes);
    await first.exited;
    const second = await spawnKeyring(home);
    await second.ready;
    const found = await second.client('gateway').call('grant.describe', { requests: grants });
    expect(answered.length).toBeGreaterThanOrEqual(5);
    expect(found.requests.map((one) => one.id)).toEqual(grants);
    expect(found.requests[0]).toMatchObject({ state: 'withdrawn', why: 'withdrawn' });
    const onCall = [{ role: 'on-call', count: 1 }];
    for (const one of found.requests) if (answered.includes(one.id)) expect(one.missing).toEqual(onCall);
    await stopKeyring(second);
  });

  it('has all its keys or none, wherever in its first start it was killed', async () => {
    const keys = join(home, 'keys');
    const first = await spawnKeyring(home);
    // Kill at the first sign of a file: the temporary one is being written, or the rename has just happened.
    await expect
      .poll(async () => (await readdir(keys).catch(() => [])).length, { interval: 1, timeout: 20_000 })
      .toBeGreaterThan(0);
    first.child.kill('SIGKILL');
    await first.exited;
    const second = await spawnKeyring(home);
    await second.ready;
    expect((await second.client('control').call('trust.describe', {})).policyKeys).toHaveLength(2);
    expect((await readdir(keys)).sort()).toEqual(KEYRING_FILES);
    await stopKeyring(second);
  });

  it('clears away a half-written key file', async () => {
    const keys = join(home, 'keys');
    await mkdir(keys, { mode: 0o700 });
    await writeFile(join(keys, 'keys.json.77.tmp'), '{"version":1,"certif');
    const started = await spawnKeyring(home);
    await started.ready;
    expect((await readdir(keys)).sort()).toEqual(KEYRING_FILES);
    await stopKeyring(started);
  });

  it('does not make new keys in place of lost or damaged ones', async () => {
    const started = await spawnKeyring(home);
    await started.ready;
    await stopKeyring(started);
    const path = join(home, 'keys', 'keys.json');
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, 200));
    const damaged = await spawnKeyring(home);
    expect(await damaged.exited).toBe(1);
    expect(damaged.lines.join('\n')).toContain('is damaged');
    await rm(path);
    // Passkeys alone tell of a loss as signed positions do.
    await rm(join(home, 'keys', 'positions.log'));
    const lost = await spawnKeyring(home);
    expect(await lost.exited).toBe(1);
    expect(lost.lines.join('\n')).toContain('restore it from backup');
  });
});

describe('the client', () => {
  it('carries on after the keyring was restarted under it', async () => {
    const home = await temporaryHome();
    const first = await spawnKeyring(home);
    await first.ready;
    const client = createKeyring({ socketPath: first.socketPath, token: first.tokens.console });
    await client.call('trust.describe', {});
    first.child.kill('SIGKILL');
    await first.exited;
    await expect(client.call('trust.describe', {})).rejects.toMatchObject({ code: 'keyring.unavailable' });
    const second = await spawnKeyring(home);
    await second.ready;
    // The new process has new client tokens: an answer of any kind shows that it was reached.
    await expect(client.call('trust.describe', {})).rejects.toMatchObject({
      code: 'keyring.refused:request.unauthenticated',
    });
    await stopKeyring(second);
    await rm(home, { recursive: true });
  });
});
