/** Everything started by the one command, with the demo world, and then killed piece by piece during a call. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, servePage } from '../plane/edge-page';
import { PlayClient } from '../plane/support/engine-client';
import {
  type Api,
  apiOf,
  type Demo,
  type DemoProject,
  postOffer,
  projectOf,
  readDemo,
  vendorToken,
} from '../support/demo';
import { type CallPage, playingPage, publishingPage } from '../support/media-page';
import { freePorts, newHome, type Ports, refusedStart, type System, startSystem } from '../support/system';

const MINUTE = 60_000;
const GAP_LIMIT_MS = 1_000;

let system: System;
let demo: Demo;
let consult: DemoProject;
let api: Api;
let browser: Browser;
let served: { url: string; close: () => void };
let sender: CallPage;
let viewer: CallPage;
/** Players whose engine was killed, and how many packets each had by then. */
const orphaned: { player: PlayClient; packets: number }[] = [];
const home = newHome('cordon with spaces ');

beforeAll(async () => {
  [system, browser, served] = await Promise.all([startSystem({ demo: true, home }), launchChromium(), servePage()]);
  demo = readDemo(home);
  consult = projectOf(demo, 'Consult');
  api = apiOf(demo, 'Consult');
}, 5 * MINUTE);
afterAll(async () => {
  await browser?.close();
  served?.close();
  await system?.interrupt();
  rmSync(home, { recursive: true, force: true });
});

const eu = (): string => system.edges['eu-1']!;
const token = (user: string): string => vendorToken(consult, { user });
const joining = (account: string) => ({
  edgeUrl: eu(),
  appId: consult.appId,
  channel: 'room',
  account,
  token: token(account),
});

describe('a call while everything behind it dies', () => {
  it('runs with tokens of the official package', async () => {
    sender = await publishingPage(browser, served.url, joining('alice'));
    viewer = await playingPage(browser, served.url, joining('bob'));
    await until('frames', async () => (await viewer.frames()) > 40);
  });

  for (const name of ['control', 'keyring', 'console', 'database']) {
    it(
      `goes on through kill -9 of ${name}, which comes back and has lost nothing it had acknowledged`,
      async () => {
        const before = system.pid(name);
        const stream = revokeOneAfterAnother();
        await until('acknowledged revocations', () => stream.acknowledged.length >= 3);
        await viewer.forgetGap();
        const frames = await viewer.frames();
        process.kill(before, 'SIGKILL');

        await until(`${name} to be started again`, () => restarted(name, before));
        const known = stream.acknowledged.length;
        await until('revocations to be acknowledged again', () => stream.acknowledged.length >= known + 3, 60_000);
        await stream.stop();
        await everyEdgeEnforces(stream.acknowledged.at(-1)!.seq);
        expect(await viewer.frames()).toBeGreaterThan(frames + 10);
        expect(await viewer.longestGap()).toBeLessThan(GAP_LIMIT_MS);

        const ids = stream.acknowledged.map(({ id }) => id);
        expect(await stored(ids)).toEqual({ revocations: ids.length, events: ids.length });
        for (const { account, token } of [...stream.acknowledged.slice(0, 4), ...stream.acknowledged.slice(-4)]) {
          const posted = await postOffer(eu(), 'whep', consult, token);
          expect([account, posted.status, posted.problem?.code]).toEqual([account, 403, 'revoked.user']);
        }
      },
      2 * MINUTE,
    );
  }

  for (const { what, pid, comesBack } of [
    { what: 'the engine child', pid: () => engineOf('eu-1'), comesBack: (old: number) => engineOf('eu-1') !== old },
    { what: 'the edge', pid: () => system.pid('eu-1'), comesBack: (old: number) => restarted('eu-1', old) },
  ]) {
    it(
      `comes back within ten seconds after kill -9 of ${what}, and a public client may join anew at once`,
      async () => {
        const player = new PlayClient({ audio: false });
        const posted = await postOffer(eu(), 'whep', consult, token('player'), { offer: await player.offer() });
        expect(posted.status).toBe(201);
        await player.accept(posted.sdp);
        await until('the native player to receive', () => player.received.video.packets > 20);

        const [old, frames] = [pid(), await viewer.frames()];
        await viewer.forgetGap();
        process.kill(old, 'SIGKILL');
        await until('another process', () => comesBack(old));
        await until('new frames', async () => (await viewer.frames()) >= frames + 20, 10_000);
        expect(await viewer.longestGap()).toBeLessThan(10_000);
        expect([await sender.state(), await viewer.state()]).toEqual(['joined', 'joined']);

        // Its session is gone: nothing is left to be cut, and it may join anew at once.
        const gone = await fetch(posted.location, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${token('player')}` },
        });
        expect(gone.status).toBe(404);
        orphaned.push({ player, packets: player.received.video.packets });
        const again = new PlayClient({ audio: false });
        const offered = { offer: await again.offer() };
        const answer = await postOffer(eu(), 'whep', consult, token('player'), offered);
        expect(answer.status).toBe(201);
        await again.accept(answer.sdp);
        await until('the native player to receive again', () => again.received.video.packets > 5);
        again.close();
      },
      2 * MINUTE,
    );
  }

  it('lets what a killed engine had connected lapse by itself, without one more packet (RFC 7675: 30 s)', async () => {
    expect(orphaned).toHaveLength(2);
    for (const { player, packets } of orphaned) {
      await until('the native player to notice', () => player.state !== 'connected', 40_000);
      expect(player.received.video.packets).toBe(packets);
      player.close();
    }
  });
});

describe('starting and stopping', () => {
  it('refuses a second start on the same home and names the first', async () => {
    const { code, output } = await refusedStart({ home });
    expect(code).toBe(1);
    expect(output).toContain(`already runs on ${home} (process ${system.launcher.main})`);
    expect(system.pid('control')).toBeGreaterThan(0);
  });

  it('refuses a demo on an external database', async () => {
    const { code, output } = await refusedStart({ demo: true }, { DATABASE_URL: 'postgresql://localhost:1/none' });
    expect([code, output]).toEqual([1, expect.stringContaining('Unset DATABASE_URL')]);
  });

  it.each([
    ['PORT', (ports: Ports) => ports.console],
    ['CORDON_CONTROL_PORT', (ports: Ports) => ports.control],
    ['CORDON_DB_PORT', (ports: Ports) => ports.database],
    ['CORDON_EDGE_PORT', (ports: Ports) => ports.edge + 1],
  ])('says which variable moves it when a port is taken: %s', async (variable, which) => {
    const ports = await freePorts();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(which(ports), '127.0.0.1', resolve));
    const { code, output } = await refusedStart({ ports });
    squatter.close();
    expect(code).toBe(1);
    expect(output).toContain(`Port ${which(ports)} is taken`);
    expect(output).toContain(`choose another with ${variable}`);
  });

  it('ends everything within five seconds of Ctrl-C', async () => {
    const pids = allProcesses();
    expect(pids.length).toBeGreaterThanOrEqual(10);
    const begun = performance.now();
    await system.interrupt();
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(pids.filter(alive)).toEqual([]);
  });

  it(
    'starts again on the same home, unchanged; ends the orphans of a killed launcher, and works',
    async () => {
      const before = readFileSync(join(home, 'demo.json'), 'utf8');
      system = await startSystem({ demo: true, home, ports: system.ports });
      expect(readFileSync(join(home, 'demo.json'), 'utf8')).toBe(before);
      expect(system.output()).not.toContain('Waiting');

      const orphans = allProcesses().filter((pid) => !Object.values(system.launcher).includes(pid));
      process.kill(system.launcher.main, 'SIGKILL');
      await system.ended;
      expect(orphans.filter(alive).length).toBeGreaterThan(0);

      system = await startSystem({ demo: true, home, ports: system.ports });
      expect(system.output()).toContain('Ended what an interrupted run had left');
      expect(orphans.filter(alive)).toEqual([]);
      const answer = await api('POST', '/revocations', {
        subject: { type: 'user', account: 'after-orphans' },
        reason: 'system test',
      });
      expect(answer.status).toBe(201);
      await everyEdgeEnforces(answer.body.seq);
      const posted = await postOffer(eu(), 'whep', consult, token('after-orphans'));
      expect(posted.problem.code).toBe('revoked.user');
    },
    2 * MINUTE,
  );

  it('stops by itself when the command in front of it is killed', async () => {
    const pids = allProcesses();
    process.kill(system.launcher.command, 'SIGKILL');
    await until('everything to end', () => pids.filter(alive).length === 0, 10_000);
  });
});

/** Revokes invented users as fast as a careful server would, and keeps what was acknowledged. */
function revokeOneAfterAnother() {
  const acknowledged: { id: string; seq: number; account: string; token: string }[] = [];
  let going = true;
  const done = (async () => {
    for (let n = 0; going; n++) {
      const account = `gone-${process.pid}-${performance.now().toFixed(0)}-${n}`;
      const subject = { type: 'user', account };
      const answer = await api('POST', '/revocations', { subject, reason: 'system test' }).catch(() => null);
      // Of now: tokens issued after the revocation and the clocks' difference are good again.
      if (answer?.status === 201)
        acknowledged.push({ id: answer.body.revocation.id, seq: answer.body.seq, account, token: token(account) });
      await pause(100);
    }
  })();
  return {
    acknowledged,
    stop() {
      going = false;
      return done;
    },
  };
}

async function everyEdgeEnforces(seq: number): Promise<void> {
  await until(`seq ${seq} to be enforced`, async () => {
    const { body } = await api('GET', `/policy/${seq}`);
    return body.expected === 2 && body.enforced === 2;
  });
}

/** Counted with the installer's connection: no process of Cordon is asked. */
async function stored(ids: string[]): Promise<{ revocations: number; events: number }> {
  const { database } = JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as { database: { owner: string } };
  const client = new pg.Client({
    host: '127.0.0.1',
    port: system.ports.database,
    user: 'cordon_installer',
    password: database.owner,
    database: 'cordon',
  });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select (select count(*)::int from "Revocation" where id = any($1)) as revocations,
        (select count(*)::int from "AuditEvent" where "objectId" = any($1) and schema = 'revocation.created@1') as events`,
      [ids],
    );
    return rows[0];
  } finally {
    await client.end();
  }
}

function restarted(name: string, before: number): boolean {
  try {
    return system.pid(name) !== before && alive(system.pid(name));
  } catch {
    return false;
  }
}

const childrenOf = (pid: number): number[] => {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
};
const engineOf = (edge: string): number => childrenOf(system.pid(edge))[0] ?? 0;
const descendants = (pid: number): number[] => childrenOf(pid).flatMap((child) => [child, ...descendants(child)]);
const allProcesses = (): number[] => [
  ...new Set([
    ...Object.values(system.launcher),
    ...Object.values(system.pids()),
    ...descendants(system.launcher.command),
  ]),
];

function alive(pid: number): boolean {
  try {
    // A zombie is gone but for its parent's notice.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(what: string, condition: () => unknown, withinMs = 60_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}\n${system.output()}`);
    await pause(25);
  }
}
