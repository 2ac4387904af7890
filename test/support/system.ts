import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A whole Cordon on free ports with a home directory of its own, started by the same command as everybody's. */
export interface System {
  home: string;
  console: string;
  staff: string;
  /** URL per edge name, for example `eu-1`. */
  edges: Record<string, string>;
  /** The one-time link of the first run; null with the demo. */
  setupLink: string | null;
  /** Process ids by name: database, keyring, control, console, eu-1, … */
  pid(name: string): number;
  output(): string;
  stop(): Promise<void>;
}

export async function startSystem({
  edges = ['EU', 'NA'],
  demo = false,
  home = mkdtempSync(join(tmpdir(), 'cordon-journey-')),
} = {}): Promise<System> {
  const base = await freeRange(70);
  const ports = { console: base, control: base + 1, database: base + 2, edge: base + 4 };
  const child = spawn(process.execPath, [join(ROOT, 'lib/launch/start.mjs'), ...(demo ? ['--demo'] : [])], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DATABASE_URL: undefined,
      CORDON_HOME: home,
      CORDON_EDGES: edges.join(','),
      PORT: String(ports.console),
      CORDON_CONTROL_PORT: String(ports.control),
      CORDON_DB_PORT: String(ports.database),
      CORDON_EDGE_PORT: String(ports.edge),
    } as NodeJS.ProcessEnv,
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  await until(
    () => output.includes('Ctrl-C stops everything'),
    child,
    () => output,
  );

  const counts: Record<string, number> = {};
  const urls = Object.fromEntries(
    edges.map((region, i) => {
      counts[region] = (counts[region] ?? 0) + 1;
      return [`${region.toLowerCase()}-${counts[region]}`, `http://localhost:${ports.edge + i}`];
    }),
  );
  return {
    home,
    console: `http://localhost:${ports.console}`,
    staff: `http://staff.localhost:${ports.console}`,
    edges: urls,
    setupLink: /http:\/\/staff\.localhost:\d+\/setup#\S+/.exec(output)?.[0] ?? null,
    pid: (name) => (JSON.parse(readFileSync(join(home, 'run', 'processes', name), 'utf8')) as { pid: number }).pid,
    output: () => output,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null) {
        child.kill('SIGINT');
        await gone;
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function until(ready: () => boolean, child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (ready()) finish(resolve);
      else if (child.exitCode !== null) finish(() => reject(new Error(`Cordon did not start:\n${output()}`)));
    }, 100);
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
