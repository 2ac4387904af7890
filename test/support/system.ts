import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** The last line of a start that went well. */
const STARTED = 'Ctrl-C stops everything';

/** A whole Cordon on free ports with a home directory of its own, started by the same command as everybody's. */
export interface System {
  home: string;
  ports: Ports;
  console: string;
  staff: string;
  /** URL per edge name, for example `eu-1`. */
  edges: Record<string, string>;
  /** The one-time link of the first run; null with the demo. */
  setupLink: string | null;
  /** Process ids by name: database, keyring, control, console, eu-1, … Throws while that process is being started again. */
  pid(name: string): number;
  /** All that run now, by name. */
  pids(): Record<string, number>;
  /** The command itself, and the process behind it that keeps everything running. */
  launcher: { command: number; main: number };
  output(): string;
  /** Ctrl-C in the terminal: reaches the command and what is behind it. Resolves when the command has ended. */
  interrupt(): Promise<void>;
  /** Resolves when the command has ended, for whatever reason. */
  ended: Promise<void>;
  /** Ctrl-C, and everything on disk is removed. */
  stop(): Promise<void>;
}

export interface Ports {
  console: number;
  control: number;
  database: number;
  gateway: number;
  demoHost: number;
  edge: number;
}

export interface StartOptions {
  edges?: string[];
  demo?: boolean;
  /** A production host on this machine beside the demo, where root has an sshd. */
  host?: boolean;
  home?: string;
  ports?: Ports;
}

/** Others may enter it: run by root, PostgreSQL and the keyring have users of their own. */
export function newHome(name = 'cordon-test-'): string {
  const home = mkdtempSync(join(tmpdir(), name));
  chmodSync(home, 0o755);
  return home;
}

export async function startSystem(options: StartOptions = {}): Promise<System> {
  const { edges = ['EU', 'NA'], home = newHome(), ports = await freePorts() } = options;
  const { child, output, ended } = run({ ...options, edges, home, ports });
  try {
    await started(child, output);
  } catch (error) {
    // One that is late would go on, and stay.
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGINT');
    throw error;
  }

  const counts: Record<string, number> = {};
  const urls = Object.fromEntries(
    edges.map((region, i) => {
      counts[region] = (counts[region] ?? 0) + 1;
      return [`${region.toLowerCase()}-${counts[region]}`, `http://localhost:${ports.edge + i}`];
    }),
  );
  const processes = join(home, 'run', 'processes');
  const pid = (path: string): number => (JSON.parse(readFileSync(path, 'utf8')) as { pid: number }).pid;
  const interrupt = (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGINT');
    return ended;
  };
  return {
    home,
    ports,
    console: `http://localhost:${ports.console}`,
    staff: `http://staff.localhost:${ports.console}`,
    edges: urls,
    setupLink: /http:\/\/staff\.localhost:\d+\/setup#\S+/.exec(output())?.[0] ?? null,
    pid: (name) => pid(join(processes, name)),
    pids: () => Object.fromEntries(readdirSync(processes).map((name) => [name, pid(join(processes, name))])),
    launcher: { command: child.pid!, main: pid(join(home, 'run', 'launcher')) },
    output,
    interrupt,
    ended,
    async stop() {
      await interrupt();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A start that is expected to be refused: what it said and how it ended. */
export async function refusedStart(
  options: StartOptions,
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const home = options.home ?? newHome();
  const { child, output, ended } = run({ ...options, home, ports: options.ports ?? (await freePorts()) }, env);
  // Should it start after all, it is stopped again; the test then fails on the code.
  child.stdout?.on('data', () => output().includes(STARTED) && process.kill(-child.pid!, 'SIGINT'));
  await ended;
  if (!options.home) rmSync(home, { recursive: true, force: true });
  return { code: child.exitCode, output: output() };
}

function run(
  { edges = ['EU', 'NA'], demo, host = false, home, ports }: StartOptions,
  env: Record<string, string> = {},
) {
  const child = spawn(process.execPath, [join(ROOT, 'lib/launch/start.mjs'), ...(demo ? ['--demo'] : [])], {
    cwd: ROOT,
    // A group of its own, as a terminal gives to a command.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...withoutCordon(process.env),
      CORDON_HOME: home,
      CORDON_EDGES: edges.join(','),
      PORT: String(ports?.console),
      CORDON_CONTROL_PORT: String(ports?.control),
      CORDON_DB_PORT: String(ports?.database),
      CORDON_GATEWAY_PORT: String(ports?.gateway),
      CORDON_DEMO_HOST: host ? 'on' : 'off',
      CORDON_DEMO_HOST_PORT: String(ports?.demoHost),
      CORDON_EDGE_PORT: String(ports?.edge),
      ...env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return { child, output: () => output, ended };
}

/** What a test run sets for itself (NODE_ENV, the variables of this machine's own Cordon) must not reach the one under test. */
const withoutCordon = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(CORDON_(?!LOG_LEVEL)|VITEST|NODE_ENV$|NODE_OPTIONS$|DATABASE_URL$)/.test(name),
    ),
  ) as NodeJS.ProcessEnv;

function started(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (output().includes(STARTED)) finish(resolve);
      else if (child.exitCode !== null) finish(() => reject(new Error(`Cordon did not start:\n${output()}`)));
    }, 50);
    const late = setTimeout(
      () => finish(() => reject(new Error(`Cordon was not ready in time:\n${output()}`))),
      240_000,
    );
    const finish = (settle: () => void) => {
      clearInterval(timer);
      clearTimeout(late);
      settle();
    };
  });
}

export async function freePorts(): Promise<Ports> {
  const base = await freeRange(70);
  return {
    console: base,
    control: base + 1,
    database: base + 2,
    gateway: base + 3,
    demoHost: base + 69,
    edge: base + 4,
  };
}

/** The first port of a run of free ones, below the range the kernel gives to outgoing connections. */
async function freeRange(size: number): Promise<number> {
  for (let base = 12_000 + Math.floor(Math.random() * 100) * 100; base < 32_000; base += 100) {
    const free = await Promise.all(Array.from({ length: size }, (_, i) => isFree(base + i)));
    if (free.every(Boolean)) return base;
  }
  throw new Error('no run of free ports');
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
