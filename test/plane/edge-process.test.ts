import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '@/lib/launch/build';
import { freeTcpPort, TestSocket, until } from './edge-world';
import { freeUdpPort } from './support/engine-client';

/** The edge as production runs it: two bundles, plain node, no control in reach. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cordon-edge-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const name of ['edge', 'engine']) await bundle(ROOT, name, folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Running {
  child: ChildProcess;
  lines: Record<string, unknown>[];
  url: string;
}

async function start(change: Record<string, string> = {}): Promise<Running> {
  const [port, relayPort, control] = [await freeTcpPort(), await freeTcpPort(), await freeTcpPort()];
  const url = `http://127.0.0.1:${port}`;
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: 'production',
    PATH: process.env.PATH,
    CORDON_EDGE_NAME: 'eu-1',
    CORDON_EDGE_REGION: 'EU',
    CORDON_EDGE_HOME: join(folder, 'home'),
    CORDON_EDGE_PORT: String(port),
    CORDON_EDGE_MEDIA_PORT: String(await freeUdpPort()),
    CORDON_EDGE_URL: url,
    CORDON_EDGE_RELAY_PORT: String(relayPort),
    CORDON_EDGE_RELAY: `127.0.0.1:${relayPort}`,
    CORDON_CONTROL_URL: `https://127.0.0.1:${control}`,
    CORDON_EDGE_JOIN_TOKEN: 'not-a-real-token',
    CORDON_CONTROL_FINGERPRINT: '0'.repeat(64),
    ...change,
  };
  const child = spawn(process.execPath, [join(folder, 'edge.mjs')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: Running['lines'] = [];
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as Record<string, unknown>);
  });
  return { child, lines, url };
}
const said = (running: Running, msg: string) => until(() => running.lines.find((line) => line.msg === msg), 20_000);

describe('the edge process', () => {
  it('starts without control, says so, and stops cleanly with its child when asked', async () => {
    const running = await start();
    const ready = await said(running, 'ready');
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${running.url}/readyz`)).json()).toMatchObject({
      ready: false,
      policy: false,
      engine: true,
    });
    const socket = new TestSocket(running.url);
    await socket.send({ type: 'ping' });
    await socket.next('pong');
    expect(readdirSync(join(folder, 'home')).length).toBeGreaterThan(0);
    const log = JSON.stringify(running.lines);
    expect(log).not.toContain('not-a-real-token');

    const ended = once(running.child, 'exit');
    running.child.kill('SIGTERM');
    // The process ends itself with code 1 when it takes longer than two seconds.
    expect(await ended).toEqual([0, null]);
    expect((await socket.end()).code).toBe(1012);
    await until(
      () =>
        !existsSync(`/proc/${ready.enginePid}`) ||
        readFileSync(`/proc/${ready.enginePid}/stat`, 'utf8').includes(') Z '),
    );
  });

  it('names what is wrong with its environment and does not start', async () => {
    const running = await start({ CORDON_EDGE_REGION: 'MARS', CORDON_EDGE_NAME: '', CORDON_EDGE_HOST: '192.0.2.1' });
    expect(await once(running.child, 'exit')).toEqual([1, null]);
    const problems = await until(() => {
      const found = running.lines.filter(({ msg }) => msg === 'cannot start').map(({ problem }) => String(problem));
      return found.length === 3 ? found : null;
    });
    for (const [i, name] of ['CORDON_EDGE_NAME', 'CORDON_EDGE_REGION', 'CORDON_EDGE_TLS_CERT'].entries()) {
      expect(problems[i]).toContain(name);
    }
  });
});
