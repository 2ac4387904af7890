/** What a demo with a production host leaves on the machine it ran on: nothing, also when its launcher was killed. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAccount } from '@/lib/host/accounts';
import { readConfig } from '@/lib/launch/config';
import { endDemoGrants, prepareDemoHost, withDemoHost } from '@/lib/launch/demo-host';
import { hasAccount, newGrant, running } from '../support/host';
import { hasSshd } from '../support/sshd';

const here = hasSshd('that a demo leaves no account on the machine it ran on');
const home = mkdtempSync(join(tmpdir(), 'cordon demo host '));
const said: string[] = [];
const read = (env: Record<string, string>) => readConfig({ CORDON_HOME: home, ...env } as never, home);
const config = withDemoHost(read({ CORDON_DEMO_HOST_PORT: '7999' }), (line) => said.push(line));
const database = { hostToken: async () => 'token' } as never;
const trust = { fingerprint: 'ab', sheetKeys: ['k'], productionCa: 'ssh-ed25519 AAAA' };
const prepare = async () => {
  const [sshd, agent] = await prepareDemoHost(config, database, trust);
  return { sshd: sshd!, agent: agent!.env, from: Number(agent!.env.CORDON_HOST_UID_FROM) };
};
beforeAll(() => writeFileSync(join(home, 'gateway-targets.json'), '{"db-1":"10.0.0.5:22"}'));
afterAll(() => rmSync(home, { recursive: true }));

it('says in a line what is missing, and never starts one unasked', () => {
  expect(config.demoHost).toBe(here);
  expect(said).toEqual(here ? [] : [expect.stringContaining('The demo has no production host: ')]);
  const off = read({ CORDON_DEMO_HOST: 'off' });
  expect(withDemoHost(off, (line) => said.push(line)).demoHost).toBe(false);
  expect(read({}).demoHost).toBe(false);
});

describe.runIf(here)('the demo’s production host', () => {
  it('stands beside the hosts that were there, with an sshd that takes its settings', async () => {
    const { sshd, agent, from } = await prepare();
    expect(JSON.parse(readFileSync(join(home, 'gateway-targets.json'), 'utf8'))).toEqual({
      ...{ 'db-1': '10.0.0.5:22', 'demo-1': '127.0.0.1:7999' },
    });
    const printed = spawnSync(sshd.command, ['-T', ...sshd.args.slice(2)], { encoding: 'utf8' });
    expect([printed.status, printed.stdout]).toEqual([0, expect.stringContaining('listenaddress 127.0.0.1:7999\n')]);
    expect(from).toBeGreaterThanOrEqual(86_000);
    expect(existsSync(agent.CORDON_HOST_RUN!)).toBe(true);
    // Another demo at the same time has other uids.
    const other = mkdtempSync(join(tmpdir(), 'cordon-demo-host-'));
    writeFileSync(join(other, 'gateway-targets.json'), '{}');
    const [, second] = await prepareDemoHost({ ...config, home: other }, database, trust);
    expect(Number(second!.env.CORDON_HOST_UID_FROM)).not.toBe(from);
    await endDemoGrants(other);
    rmSync(other, { recursive: true });
    await endDemoGrants(home);
  });

  it('ends every process and account of its grants, and nothing else', async () => {
    const { agent, from } = await prepare();
    const grant = newGrant();
    await makeAccount({ name: grant.account, uid: from }, agent.CORDON_HOST_HOMES!);
    mkdirSync(agent.CORDON_HOST_HOME!, { recursive: true });
    writeFileSync(join(agent.CORDON_HOST_HOME!, 'state.json'), 'of these uids');
    const ours = spawn('sleep', ['300'], { uid: from, gid: from, stdio: 'ignore' });
    // Of no account, but of its uids.
    const stray = spawn('sleep', ['300'], { uid: from + 7, gid: from + 7, stdio: 'ignore' });
    const elses = spawn('sleep', ['300'], { uid: from + 100, gid: from + 100, stdio: 'ignore' });
    await expect.poll(() => running(from) + running(from + 7) + running(from + 100)).toBe(3);
    await endDemoGrants(home);
    await expect.poll(() => running(from) + running(from + 7)).toBe(0);
    expect([hasAccount(grant), existsSync(join(agent.CORDON_HOST_HOMES!, grant.account))]).toEqual([false, false]);
    expect([existsSync(agent.CORDON_HOST_RUN!), existsSync(join(agent.CORDON_HOST_HOME!, 'state.json'))]).toEqual([
      ...[false, false],
    ]);
    expect(running(from + 100)).toBe(1);
    for (const child of [ours, stray, elses]) child.kill('SIGKILL');
    await endDemoGrants(home);
  });
});
