import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How one process is run. */
export interface ProcessPlan {
  name: string;
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  /** Run as this user and group (only when root starts Cordon). */
  uid?: number;
  gid?: number;
  /** True once a line of its standard output says it is ready. */
  ready: (line: string) => boolean;
  readyWithinMs: number;
}

export interface Supervised {
  readonly name: string;
  readonly pid: number | undefined;
  /** Resolves when the process has said that it is ready; rejects with the last lines of its log when it ends before. */
  ready: Promise<void>;
  /** SIGTERM, then SIGKILL after `graceMs`. Resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
}

const FIRST_RESTART_MS = 200;
const SLOWEST_RESTART_MS = 5_000;
const HEALTHY_AFTER_MS = 20_000;

/**
 * Runs a process and brings it back when it dies: at once the first time, then with growing pauses. Output goes to
 * `<logs>/<name>.log`; `onPid` hears of every start and end.
 */
export function supervise(
  plan: ProcessPlan,
  logs: string,
  say: (line: string) => void,
  onPid: (pid: number | null) => void,
): Supervised {
  mkdirSync(logs, { recursive: true });
  const log = createWriteStream(join(logs, `${plan.name}.log`), { flags: 'a', mode: 0o600 });
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pause = FIRST_RESTART_MS;
  let stopping = false;

  let settle: { resolve: () => void; reject: (error: Error) => void };
  const ready = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  let becameReady = false;
  const tail: string[] = [];

  function start(): void {
    const startedAt = Date.now();
    const running = spawn(plan.command, plan.args, {
      cwd: plan.cwd,
      env: plan.env as NodeJS.ProcessEnv,
      uid: plan.uid,
      gid: plan.gid,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own group: Ctrl-C reaches the launcher alone, which then stops everything in order.
      detached: true,
    });
    child = running;
    if (running.pid) onPid(running.pid);
    follow(running, log, (line) => {
      tail.push(line);
      if (tail.length > 15) tail.shift();
      if (!becameReady && plan.ready(line)) {
        becameReady = true;
        settle.resolve();
      }
    });
    running.once('error', (error) => settle.reject(new Error(`${plan.name} could not be started: ${error.message}`)));
    running.once('exit', (code, signal) => {
      child = undefined;
      onPid(null);
      if (stopping) return;
      if (!becameReady)
        return settle.reject(
          new Error(
            `${plan.name} ended before it was ready (${signal ?? `code ${code}`}). Its last lines:\n${tail.join('\n')}`,
          ),
        );
      if (Date.now() - startedAt > HEALTHY_AFTER_MS) pause = FIRST_RESTART_MS;
      say(`${plan.name} ended (${signal ?? `code ${code}`}); starting it again`);
      timer = setTimeout(start, pause);
      pause = Math.min(pause * 2, SLOWEST_RESTART_MS);
    });
  }

  start();
  const late = setTimeout(
    () =>
      settle.reject(
        new Error(
          `${plan.name} was not ready within ${plan.readyWithinMs / 1000} s. Its last lines:\n${tail.join('\n')}`,
        ),
      ),
    plan.readyWithinMs,
  );
  ready.then(
    () => clearTimeout(late),
    () => clearTimeout(late),
  );

  return {
    name: plan.name,
    get pid() {
      return child?.pid;
    },
    ready,
    async stop(graceMs) {
      stopping = true;
      clearTimeout(timer);
      const running = child;
      if (running && running.exitCode === null && running.signalCode === null) {
        const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()));
        running.kill('SIGTERM');
        const force = setTimeout(() => running.kill('SIGKILL'), graceMs);
        await gone;
        clearTimeout(force);
      }
      log.end();
    },
  };
}

function follow(child: ChildProcess, log: WriteStream, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      if (log.writable) log.write(`${line}\n`);
      onLine(line);
    });
  }
}
