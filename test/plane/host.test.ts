/**
 * A production host from the first login to the last process: this machine, a real sshd, and an agent that acts on signed sheets. Whether anything
 * of a grant is alive is looked up in /proc by the test itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SheetGrant } from '@/lib/kernel/grant';
import { hasCron, startCron, stopCron } from '../support/cron';
import { install } from '../support/debian';
import { type Host, hasAccount, newGrant, running, startHost } from '../support/host';
import { hasSshd } from '../support/sshd';

const WHAT = 'that nothing of a grant is alive on a host after its end';
const here = hasSshd(WHAT) && hasTools();
const cronHere = here && hasCron('that what a running cron began under a grant is gone after its end');

function hasTools(): boolean {
  if (install(['at', 'cron', 'tmux'], ['atd', 'crontab', 'tmux'])) return true;
  process.stderr.write(`\n*** SKIPPED: at, cron and tmux could not be installed. NOT CHECKED: ${WHAT}. ***\n\n`);
  return false;
}

let host: Host;
let atd: ChildProcess;
beforeAll(async () => {
  if (!here) return;
  atd = spawn('atd', ['-f'], { stdio: 'ignore' });
  host = await startHost();
});
afterAll(async () => {
  if (!here) return;
  await host.stop();
  atd.kill();
});

/** Ends when the agent has made the accounts and sshd knows of them. */
async function given(...grants: SheetGrant[]): Promise<void> {
  await host.grant(grants);
  await vi.waitFor(() => expect(grants.every(host.admits)).toBe(true), { timeout: 30_000, interval: 20 });
}

/** How many milliseconds it took from the sheet without the grants until /proc held nothing of these uids, for two looks in a row. */
async function endedWithin(uids: readonly number[], ...stays: SheetGrant[]): Promise<number> {
  const from = performance.now();
  await host.grant(stays);
  let gone = 0;
  await vi.waitFor(
    () => {
      if (uids.some((uid) => running(uid) > 0)) gone = 0;
      else gone += 1;
      expect(gone).toBeGreaterThan(1);
    },
    { timeout: 30_000, interval: 10 },
  );
  return performance.now() - from;
}

const crontabOf = ({ account }: SheetGrant): string => join('/var/spool/cron/crontabs', account);

describe.skipIf(!here)('a production host', () => {
  it('makes an account for a grant and lets in whoever has a certificate for it, and nobody else', async () => {
    const [one, other] = [newGrant(), newGrant()];
    expect((await host.ssh(one, 'id -un')).code).toBe(255);
    await given(one, other);
    expect(await host.ssh(one, 'id -un; pwd; stat -c %a .')).toMatchObject({
      ...{ code: 0, out: `${one.account}\n/home/${one.account}\n700\n` },
    });
    expect((await host.ssh(one, 'id', { account: other.account })).code).toBe(255);
    expect((await host.ssh(one, 'id', { account: 'root' })).code).toBe(255);
    expect((await host.ssh(one, 'id', { account: 'nobody' })).code).toBe(255);
    await endedWithin([host.uidOf(one), host.uidOf(other)]);
  });

  it.each<[string, string]>([
    ['a plain child', 'sleep 300 >/dev/null 2>&1 &'],
    ['setsid', 'setsid -f sleep 301 >/dev/null 2>&1'],
    ['nohup', 'nohup sleep 302 >/dev/null 2>&1 &'],
    ['tmux', "tmux -L cordon new-session -d 'sleep 303'"],
    ['at', 'echo "sleep 304" | at now && echo "sleep 304" | at now + 1 hour'],
    ['a shell that sleeps in a session', ''],
    [
      'one that ignores every signal',
      `nohup sh -c "trap '' HUP INT TERM; while :; do sleep 1; done" >/dev/null 2>&1 &`,
    ],
    ['a fork bomb', "setsid -f bash -c 'ulimit -u 120; f() { f | f & }; f' >/dev/null 2>&1"],
    [
      'forks that run away',
      "setsid -f bash -c 'ulimit -u 120; while :; do (setsid -f sleep 305 &); done' >/dev/null 2>&1",
    ],
  ])('leaves nothing alive of %s a second after the end', async (_, command) => {
    const grant = newGrant();
    await given(grant);
    const uid = host.uidOf(grant);
    const session = command === '' ? host.stay(grant, 'sleep 306') : null;
    if (command) expect((await host.ssh(grant, command)).code).toBe(0);
    await vi.waitFor(() => expect(running(uid)).toBeGreaterThan(0), { timeout: 30_000, interval: 20 });
    expect(await endedWithin([uid])).toBeLessThan(1_000);
    await vi.waitFor(() => expect(hasAccount(grant)).toBe(false), { timeout: 30_000, interval: 20 });
    expect(existsSync(`/home/${grant.account}`)).toBe(false);
    expect((await host.ssh(grant, 'true')).code).toBe(255);
    expect(running(uid)).toBe(0);
    await vi.waitFor(() => expect(host.events.at(-1)).toMatchObject({ kind: 'host.closed', grant: grant.id }), {
      timeout: 30_000,
    });
    if (session) await vi.waitFor(() => expect(session.exitCode).toBe(255), { timeout: 30_000 });
  });

  it('takes what cron and at would begin later', async () => {
    const grant = newGrant();
    await given(grant);
    const uid = host.uidOf(grant);
    expect((await host.ssh(grant, "echo '* * * * * sleep 307' | crontab - && echo 'sleep 308' | at 23:59")).code).toBe(
      0,
    );
    expect(existsSync(crontabOf(grant))).toBe(true);
    await endedWithin([uid]);
    await vi.waitFor(
      () => expect(host.events.at(-1)).toMatchObject({ grant: grant.id, kind: 'host.closed', jobs: 2 }),
      { timeout: 30_000 },
    );
    expect(existsSync(crontabOf(grant))).toBe(false);
  });

  it.runIf(cronHere)('ends what a running cron began, which begins nothing of it again', async () => {
    const [ends, stays] = [newGrant(), newGrant()];
    await given(ends, stays);
    const uids = [host.uidOf(ends), host.uidOf(stays)] as const;
    // At the start of cron, and each minute from then on.
    const lines = "printf '@reboot exec sleep 312\\n* * * * * exec sleep 312\\n' | crontab -";
    for (const grant of [ends, stays]) expect((await host.ssh(grant, lines)).code).toBe(0);
    const begun = (uid: number) => running(uid, 'sleep 312');
    const more = (uid: number, than = 0) =>
      vi.waitFor(() => expect(begun(uid)).toBeGreaterThan(than), { timeout: 20_000, interval: 20 });
    let cron = startCron();
    try {
      await Promise.all(uids.map((uid) => more(uid)));
      expect(await endedWithin([uids[0]], stays)).toBeLessThan(1_000);
      await vi.waitFor(() => expect(hasAccount(ends)).toBe(false), { timeout: 30_000, interval: 20 });
      expect(existsSync(crontabOf(ends))).toBe(false);

      // Begun anew it goes through all crontabs. It has when what the other grant's says runs once more.
      await stopCron(cron);
      const before = begun(uids[1]);
      expect(before).toBeGreaterThan(0);
      cron = startCron();
      await more(uids[1], before);
      expect([running(uids[0]), existsSync(crontabOf(ends))]).toEqual([0, false]);
    } finally {
      await stopCron(cron);
    }
    await endedWithin([uids[1]]);
    await vi.waitFor(() => expect(existsSync(crontabOf(stays))).toBe(false), { timeout: 30_000, interval: 20 });
  });

  it('leaves another grant on the same host alone', async () => {
    const [ends, stays] = [newGrant(), newGrant()];
    await given(ends, stays);
    const session = host.stay(stays, 'sleep 309; echo never');
    await vi.waitFor(() => expect(running(host.uidOf(stays))).toBeGreaterThan(1), { timeout: 30_000, interval: 20 });
    const before = running(host.uidOf(stays));
    expect((await host.ssh(ends, 'setsid -f sleep 310 >/dev/null 2>&1')).code).toBe(0);
    expect(await endedWithin([host.uidOf(ends)], stays)).toBeLessThan(1_000);
    await vi.waitFor(() => expect(hasAccount(ends)).toBe(false), { timeout: 30_000, interval: 20 });
    expect(running(host.uidOf(stays))).toBe(before);
    expect((await host.ssh(stays, 'echo here')).out).toBe('here\n');
    expect(session.exitCode).toBeNull();
    await endedWithin([host.uidOf(stays)]);
  });

  it('ends at the deadline by itself, and after a restart what fell due meanwhile', async () => {
    const [soon, later] = [newGrant(), newGrant()];
    const deadline = Math.floor(Date.now() / 1000) + 3;
    await given({ ...soon, deadline }, later);
    const uids = [host.uidOf(soon), host.uidOf(later)] as const;
    for (const grant of [soon, later]) await host.ssh(grant, 'setsid -f sleep 311 >/dev/null 2>&1');
    await vi.waitFor(() => expect(running(uids[0])).toBe(0), { timeout: 30_000, interval: 20 });
    expect(Date.now() / 1000 - deadline).toBeGreaterThanOrEqual(0);
    expect(Date.now() / 1000 - deadline).toBeLessThan(1);
    expect(running(uids[1])).toBeGreaterThan(0);

    const end = Math.ceil(Date.now() / 1000) + 1;
    await host.grant([{ ...later, deadline: end }]);
    await host.agent.stop();
    await vi.waitFor(() => expect(Date.now() / 1000).toBeGreaterThan(end), { timeout: 30_000 });
    expect(running(uids[1])).toBeGreaterThan(0);
    // sshd goes on without an agent; the deadline stands in what it reads.
    expect((await host.ssh(later, 'true')).code).toBe(255);
    await host.restart();
    expect(running(uids[1])).toBe(0);
  });

  it('lets nobody in on a sheet that is not fresh', async () => {
    const grant = newGrant();
    await given(grant);
    expect((await host.ssh(grant, 'true')).code).toBe(0);
    const now = Math.floor(Date.now() / 1000);
    await host.grant([grant], { issuedAt: now - 100, freshUntil: now - 1 });
    expect((await host.ssh(grant, 'true')).code).toBe(255);
    expect(hasAccount(grant)).toBe(true);
    await endedWithin([host.uidOf(grant)]);
  });

  it('takes no sheet that is forged, older, or for another host', async () => {
    const grant = newGrant();
    const older = host.sign([newGrant()]);
    await given(grant);
    const before = readFileSync(join(host.home, 'state.json'), 'utf8');
    const { sheet, signature } = host.sign([]);
    // Not its end: the last byte of one in sixteen is 0 anyway.
    const forged = Buffer.from(signature, 'base64').map((byte, i) => (i === 0 ? byte ^ 1 : byte));
    expect(await host.agent.take({ sheet, signature: Buffer.from(forged).toString('base64') })).toBe('sheet.signature');
    expect(await host.agent.take(older)).toBe('sheet.older');
    expect(await host.agent.take(host.sign([], { target: 'host:eu-2' }))).toBe('sheet.target');
    expect(readFileSync(join(host.home, 'state.json'), 'utf8')).toBe(before);
    expect((await host.ssh(grant, 'true')).code).toBe(0);
    await endedWithin([host.uidOf(grant)]);
  });
});
