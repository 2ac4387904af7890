/**
 * CPU per forwarded packet: one publisher of 1100-byte packets to 50 players, at 20,000 and 40,000 packets a second out, this
 * engine against Janus. Same load process, same native clients (AES-256-GCM), both servers up at once and measured in turns.
 * Servers are pinned to one core and the load to another where there are two.
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { startEngine } from '@/media-plane/engine';
import { ALL, farAway, freeUdpPort, silentLog, until } from '../plane/support/engine-client';
import { Janus, janusInstalled } from './forward-janus';
import type { LoadRequest } from './forward-load';
import { compare, type Result } from './measure';

const PLAYERS = 50;
const ROUNDS = 5;
const WINDOW_MS = 4_000;
/** Share of the packets that must have arrived for a window to count. */
const DELIVERED = 0.95;
const RATES = [20_000, 40_000];
/** Janus is C; a TypeScript forwarder with a per-packet policy check may cost a quarter more. */
const TARGETS = { janus: 1.25 };

const root = fileURLToPath(new URL('../../', import.meta.url));

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

class Load {
  #next = 0;
  readonly #waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();

  constructor(readonly process: ChildProcess) {
    process.on('message', ({ id, output, error }: { id: number; output: never; error?: string }) => {
      const waiting = this.#waiting.get(id)!;
      this.#waiting.delete(id);
      if (error) waiting.reject(new Error(error));
      else waiting.resolve(output);
    });
  }

  ask<T>(request: Unnumbered<LoadRequest>): Promise<T> {
    const id = this.#next++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.process.send({ ...request, id });
    });
  }

  ready(set: string, peers = PLAYERS + 1): Promise<void> {
    return until(() => this.ask<boolean>({ op: 'ready', set, peers }), `${set}'s peers to connect`, 30_000);
  }
}

export async function bench(emit: (result: Result) => void): Promise<void> {
  const address = ownAddress();
  const stops: (() => unknown)[] = [];
  try {
    const load = startLoad(address);
    stops.push(() => load.process.kill('SIGKILL'));
    const servers: Record<string, number> = { ours: await startOurs(load, address, stops) };
    if (janusInstalled()) servers.janus = await startJanus(load, address, stops);
    if (cpus().length > 1) {
      for (const pid of Object.values(servers)) pin(pid, 0);
      pin(load.process.pid!, 1);
    }
    const samples = await measure(load, servers);
    for (const rate of RATES) {
      const measured = Object.fromEntries(
        Object.keys(servers).map((name) => [name, median(samples.get(`${name} ${rate}`)!)]),
      );
      emit(compare(`${rate} packets/s to ${PLAYERS} players`, measured, TARGETS));
    }
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/**
 * Per server and rate, one figure a round; the first round only warms up. A window in which the machine was too busy for the
 * packets to arrive says nothing about a server and is measured again in a later round.
 */
async function measure(load: Load, servers: Record<string, number>): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>();
  for (const name of Object.keys(servers)) for (const rate of RATES) samples.set(`${name} ${rate}`, []);
  for (let round = 0; [...samples.values()].some((taken) => taken.length < ROUNDS); round++) {
    if (round > 3 * ROUNDS) throw new Error('this machine is too busy: too few packets arrive');
    for (const rate of RATES) {
      for (const [name, pid] of Object.entries(servers)) {
        const before = cpuMicroseconds(pid);
        const run = { op: 'run', set: name, packetsPerSecond: rate / PLAYERS, ms: WINDOW_MS } as const;
        const { sent, received } = await load.ask<{ sent: number; received: number }>(run);
        const cost = (cpuMicroseconds(pid) - before) / received;
        if (round > 0 && received >= sent * PLAYERS * DELIVERED) samples.get(`${name} ${rate}`)!.push(cost);
      }
    }
  }
  return samples;
}

function startLoad(address: string): Load {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const path = fileURLToPath(new URL('./forward-load.ts', import.meta.url));
  return new Load(
    fork(path, [address], { execArgv: ['--import', loader], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  );
}

/** The engine as it is deployed, a bundled child; returns its process id. */
async function startOurs(load: Load, address: string, stops: (() => unknown)[]): Promise<number> {
  mkdirSync(join(root, '.build'), { recursive: true });
  const folder = mkdtempSync(join(root, '.build/bench-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const childPath = join(folder, 'engine.mjs');
  await build({
    entryPoints: [join(root, 'media-plane/engine/child.ts')],
    outfile: childPath,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: { '@': root.replace(/\/$/, '') },
  });
  const limits = { subscriberSilenceMs: 3_600_000, publisherSilenceMs: 3_600_000 };
  const engine = await startEngine({
    bindAddress: address,
    udpPort: await freeUdpPort(address),
    log: silentLog,
    childPath,
    limits,
  });
  stops.push(() => engine.stop());
  for (let index = 0; index <= PLAYERS; index++) {
    const { peer, sdp } = await load.ask<{ peer: number; sdp: string }>({
      op: 'offer',
      set: 'ours',
      send: index === 0,
    });
    const result = await engine.open({
      peerId: `bench-${index}`,
      room: 'bench:room',
      account: `bench-${index}`,
      direction: index === 0 ? 'publish' : 'subscribe',
      publisher: null,
      offer: sdp,
      permissions: ALL,
      expiresAt: farAway(),
    });
    if (!result.ok) throw new Error(result.detail);
    await load.ask({ op: 'accept', set: 'ours', peer, answer: result.answer });
  }
  await load.ready('ours');
  return engine.pid()!;
}

async function startJanus(load: Load, address: string, stops: (() => unknown)[]): Promise<number> {
  const janus = await Janus.start(address);
  stops.push(() => janus.stop());
  const { peer, sdp } = await load.ask<{ peer: number; sdp: string }>({ op: 'offer', set: 'janus', send: true });
  await load.ask({ op: 'accept', set: 'janus', peer, answer: await janus.publish(sdp) });
  await load.ready('janus', 1);
  for (let index = 0; index < PLAYERS; index++) {
    await janus.play(async (offer) => (await load.ask<{ sdp: string }>({ op: 'answer', set: 'janus', offer })).sdp);
  }
  await load.ready('janus');
  return janus.pid;
}

/** CPU time of all threads, in microseconds; threads that ended in between are not counted, and neither server ends any. */
function cpuMicroseconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1_000;
}

function pin(pid: number, core: number): void {
  spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)]);
}

/** Janus gathers no loopback candidates, so both use the machine's own address. */
function ownAddress(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry && entry.family === 'IPv4' && !entry.internal);
  if (!found) throw new Error('this benchmark needs a network address besides loopback');
  return found.address;
}

const median = (values: number[]) =>
  Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]! * 100) / 100;
