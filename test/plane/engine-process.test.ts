import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEngine, startEngine } from '@/media-plane/engine';
import { EventLog, freeUdpPort, PlayClient, PublishClient, silentLog, until } from './support/engine-client';

const root = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);
const started: { stop(): Promise<void> }[] = [];
let folder: string;

/** The program as it is deployed: one bundle, native library outside. */
beforeAll(async () => {
  mkdirSync(join(root, '.build'), { recursive: true });
  folder = mkdtempSync(join(root, '.build/test-engine-'));
  const common = { bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external' } as const;
  const alias = { '@': root.replace(/\/$/, '') };
  await build({
    ...common,
    alias,
    entryPoints: [`${root}media-plane/engine/child.ts`],
    outfile: join(folder, 'engine.mjs'),
  });
  await build({
    ...common,
    alias,
    entryPoints: [`${root}media-plane/engine/index.ts`],
    outfile: join(folder, 'edge.mjs'),
  });
  return () => rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const engine of started.splice(0)) await engine.stop();
});

async function start(childPath?: string): Promise<StartedEngine> {
  const engine = await startEngine({
    bindAddress: '127.0.0.1',
    udpPort: await freeUdpPort(),
    log: silentLog,
    childPath,
  });
  started.push(engine);
  return engine;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the supervised child', () => {
  it('is replaced after kill -9, with every open question answered and peers welcome again', async () => {
    const engine = await start();
    const events = new EventLog(engine);
    const publisher = await new PublishClient().connect(engine, 'publish');
    const first = engine.pid()!;
    const asked = engine.close(publisher.peerId);
    process.kill(first, 'SIGKILL');
    await asked;
    await until(() => events.of('down').length === 1, 'down');
    expect(engine.pid()).toBeNull();
    expect(await engine.stats()).toEqual([]);
    expect(await new PlayClient().post(engine, 'subscribe')).toMatchObject({ ok: false, code: 'engine.unavailable' });
    await until(() => events.of('up').length === 1, 'up');
    expect(engine.pid()).not.toBe(first);
    const again = (await new PublishClient().connect(engine, 'publish')).start();
    const player = await new PlayClient().connect(engine, 'subscribe');
    await until(() => player.total() > 20, 'media after the restart');
    for (const client of [publisher, again, player]) client.close();
  });

  it('is killed and replaced when it stops obeying', async () => {
    const engine = await start();
    const events = new EventLog(engine);
    process.kill(engine.pid()!, 'SIGSTOP');
    await engine.setPermissions('anyone', 0, { join: 0, audio: 0, video: 0, data: 0 });
    await until(() => events.of('down').length === 1, 'down');
    await until(() => events.of('up').length === 1, 'up');
  });

  it('ends with a parent that is killed', async () => {
    const script = join(folder, 'parent.mjs');
    const port = await freeUdpPort();
    writeFileSync(
      script,
      `import { startEngine } from './edge.mjs';
       const log = { info() {}, warn() {}, error() {} };
       const engine = await startEngine({ bindAddress: '127.0.0.1', udpPort: ${port}, log });
       console.log(engine.pid());
       setInterval(() => {}, 1000);`,
    );
    const parent: ChildProcess = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => parent.stdout!.once('data', (text) => resolve(Number(text))));
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !alive(pid), 'the child to end');
  });

  it('starts as a bundle beside its parent, small when idle, and stops when asked', async () => {
    const engine = await start(join(folder, 'engine.mjs'));
    const load = (await engine.load())!;
    expect(load.peers).toBe(0);
    expect(load.residentBytes).toBeLessThan(120 * 1_048_576);
    const pid = engine.pid()!;
    await engine.stop();
    expect(alive(pid)).toBe(false);
  });

  it('says so when the child cannot start', async () => {
    await expect(start(join(folder, 'missing.mjs'))).rejects.toThrow('ended before it was ready');
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const udpPort = socket.address().port;
    await expect(startEngine({ bindAddress: '127.0.0.1', udpPort, log: silentLog })).rejects.toThrow(
      `UDP port ${udpPort} on 127.0.0.1 cannot be bound`,
    );
    socket.close();
  });

  it('loads the native library in the child only', () => {
    const edge = readFileSync(join(folder, 'edge.mjs'), 'utf8');
    expect(edge).not.toContain('node-datachannel');
    expect(require.resolve('node-datachannel')).toBeTruthy();
  });
});
