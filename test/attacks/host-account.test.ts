/**
 * Somebody has a shell in the account of a grant on a production host, and wants to be there when it is over, or to be somebody else meanwhile. They
 * leave programs that run as them for whoever comes next, start things in places where nobody looks, hold up what ends them, put keys where sshd might
 * read them, and reach for the account of another grant.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SheetGrant } from '@/lib/kernel/grant';
import { type Host, newGrant, running, startHost } from '../support/host';
import { hasSshd } from '../support/sshd';

const here = hasSshd('that a person with a shell in the account of a grant cannot outlive it');
let host: Host;
beforeAll(async () => {
  if (here) host = await startHost();
});
afterAll(async () => {
  if (here) await host.stop();
});
afterEach(async () => {
  if (here) await end();
});

async function given(...grants: SheetGrant[]): Promise<void> {
  await host.grant(grants);
  await vi.waitFor(() => expect(grants.every(host.admits)).toBe(true), { timeout: 30_000, interval: 20 });
}
/** Ends all but these, and waits until they are closed. */
async function end(...stays: SheetGrant[]): Promise<void> {
  await host.grant(stays);
  await vi.waitFor(() => expect(host.agent.held()).toHaveLength(stays.length), { timeout: 30_000, interval: 20 });
}
const as = async (grant: SheetGrant, command: string): Promise<string> => {
  const { out, err } = await host.ssh(grant, command);
  return out + err;
};

describe.skipIf(!here)('from the account of a grant', () => {
  it('a set-user-id copy of the shell ends with the grant, also in the hands of another', async () => {
    const [one, other] = [newGrant(), newGrant()];
    await given(one, other);
    const copy = `/dev/shm/${one.account}`;
    await as(one, `cp /bin/sh ${copy} && chmod 4755 ${copy}`);
    expect(await as(other, `${copy} -p -c 'id -un'`)).toBe(`${one.account}\n`);
    await as(other, `setsid -f ${copy} -p -c 'sleep 300; :' >/dev/null 2>&1`);
    const uid = host.uidOf(one);
    expect(running(uid)).toBeGreaterThan(0);
    await end(other);
    expect(running(uid)).toBe(0);
    await vi.waitFor(() => expect(existsSync(copy)).toBe(false), { timeout: 30_000 });
    expect((await host.ssh(other, 'true')).code).toBe(0);
  });

  it('what begins anew under a former uid does not last', async () => {
    const one = newGrant();
    await given(one);
    const uid = host.uidOf(one);
    await end();
    const late = spawnSync('setsid', ['-f', 'sleep', '301'], { uid, gid: uid, stdio: 'ignore' });
    expect(late.status).toBe(0);
    await vi.waitFor(() => expect(running(uid)).toBe(0), { timeout: 30_000, interval: 20 });
    expect(host.events).toContainEqual(expect.objectContaining({ code: 'process.unknown', subject: `uid ${uid}` }));
  });

  it('nobody holds up what ends them', async () => {
    const one = newGrant();
    await given(one);
    const uid = host.uidOf(one);
    const stopper = 'while :; do for n in $(cd /proc; echo [0-9]*); do [ $n = $$ ] || kill -STOP $n; done; done';
    // It stops the session that began it as well.
    host.stay(one, `setsid -f sh -c 'trap "" TERM HUP INT; ${stopper}' >/dev/null 2>&1`);
    await vi.waitFor(() => expect(running(uid)).toBeGreaterThan(1), { timeout: 30_000, interval: 20 });
    const from = performance.now();
    await end();
    expect(performance.now() - from).toBeLessThan(2_000);
    expect(running(uid)).toBe(0);
  });

  it('a key of their own in the home opens nothing', async () => {
    const one = newGrant();
    await given(one);
    await as(one, 'mkdir -m 700 .ssh && echo "$KEY" > .ssh/authorized_keys'.replace('$KEY', host.holder));
    expect((await host.ssh(one, 'true', { certificate: false })).code).toBe(255);
    await end();
    expect(existsSync(`/home/${one.account}`)).toBe(false);
  });

  it('what sshd asks cannot be changed, and speaks for no other account', async () => {
    const [one, other] = [newGrant(), newGrant()];
    await given(one, other);
    const file = join(host.run, 'principals');
    expect(await as(one, `echo x >> ${file}; mv ${file} ${file}.x; ln -sf /tmp/x ${file}`)).toMatch(/denied/i);
    for (const path of [host.run, file, join(host.run, 'cordon-host-principals')])
      expect(statSync(path)).toMatchObject({ uid: 0, mode: expect.toSatisfy((mode: number) => (mode & 0o022) === 0) });
    expect((await host.ssh(one, 'true', { account: other.account })).code).toBe(255);
    expect(statSync(join(host.home, 'state.json')).mode & 0o777).toBe(0o600);
  });

  it('another grant is out of reach: its processes, its home, its crontab', async () => {
    const [one, other] = [newGrant(), newGrant()];
    await given(one, other);
    await as(other, 'setsid -f sleep 302 >/dev/null 2>&1');
    const uid = host.uidOf(other);
    const before = running(uid);
    const tries = [
      `pkill -KILL -u ${uid} || kill -9 $(pgrep -u ${uid})`,
      `head -c 1 /proc/$(pgrep -u ${uid} | tail -1)/environ`,
      `head -c 1 /proc/$(pgrep -u ${uid} | tail -1)/mem`,
      `ls /home/${other.account}`,
      `echo '* * * * * id' > /var/spool/cron/crontabs/${other.account}`,
      `echo '* * * * * id' | crontab -u ${other.account} -`,
    ];
    for (const command of tries) expect((await host.ssh(one, `${command} && echo done`)).out).not.toContain('done');
    expect(running(uid)).toBe(before);
    expect(existsSync(`/var/spool/cron/crontabs/${other.account}`)).toBe(false);
  });

  it('there are no uids to hide under', async () => {
    const one = newGrant();
    await given(one);
    for (const path of ['/etc/subuid', '/etc/subgid']) {
      if (existsSync(path)) expect(readFileSync(path, 'utf8')).not.toContain(one.account);
    }
    expect((await host.ssh(one, 'unshare --user --map-auto --map-root-user true && echo done')).out).toBe('');
  });

  it('a folder that somebody else has put something into keeps no grant from closing', async () => {
    const [one, other] = [newGrant(), newGrant()];
    await given(one, other);
    const folder = `/dev/shm/${one.account}`;
    await as(one, `mkdir -m 777 ${folder} && touch ${folder}/mine`);
    await as(other, `touch ${folder}/theirs`);
    await end(other);
    await vi.waitFor(() => expect(existsSync(`${folder}/mine`)).toBe(false), { timeout: 30_000 });
    expect(existsSync(`${folder}/theirs`)).toBe(true);
    await end();
    await vi.waitFor(() => expect(existsSync(folder)).toBe(false), { timeout: 30_000 });
  });
});
