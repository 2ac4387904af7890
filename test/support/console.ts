import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildAll } from '@/lib/launch/build';
import { freePort } from './database';
import { ROOT } from './imports';

/** The console as it runs in production, alone, on the database and the keyring that the environment of the test names. */
export interface RunningConsole {
  port: number;
  origin: { customer: string; staff: string };
  pid: number;
  output(): string;
  stop(): Promise<void>;
}

export interface ConsoleChoices {
  /** Files of a certificate and its key: the origins are then https. */
  tls?: { cert: string; key: string };
  /** On top of, or in place of, the usual variables. */
  env?: Record<string, string>;
}

const PASSED_ON = ['DATABASE_URL', 'CORDON_KEYRING_SOCKET', 'CORDON_KEYRING_TOKEN', 'CORDON_CONSOLE_SECRET'];

/**
 * Builds what changed, then starts `.build/console.mjs` as the launcher does. The test must have set the variables of
 * `PASSED_ON`. Rejects with the console's own output when it is not ready within a minute.
 */
export async function startConsole({ tls, env = {} }: ConsoleChoices = {}): Promise<RunningConsole> {
  await buildAll(ROOT, (line) => console.log(line));
  const port = await freePort();
  const scheme = tls ? 'https' : 'http';
  const origin = { customer: `${scheme}://localhost:${port}`, staff: `${scheme}://staff.localhost:${port}` };
  const child = spawn(process.execPath, ['--enable-source-maps', join(ROOT, '.build', 'console.mjs')], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      PATH: process.env.PATH ?? '',
      ...Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name] ?? ''])),
      PORT: String(port),
      CORDON_CONSOLE_HOST: '127.0.0.1',
      CORDON_CONSOLE_ORIGIN: origin.customer,
      CORDON_STAFF_ORIGIN: origin.staff,
      CORDON_EDGE_ORIGINS: 'http://localhost:1',
      ...(tls ? { CORDON_CONSOLE_TLS_CERT: tls.cert, CORDON_CONSOLE_TLS_KEY: tls.key } : {}),
      ...env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  await ready(child, () => output);
  return {
    port,
    origin,
    pid: child.pid!,
    output: () => output,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function ready(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      clearTimeout(late);
      child.stdout?.off('data', look);
      child.off('exit', gone);
      if (!error) return resolve();
      child.kill('SIGKILL');
      reject(error);
    };
    const look = () => output().includes('"msg":"ready"') && settle();
    const gone = () => settle(new Error(`the console ended:\n${output()}`));
    const late = setTimeout(() => settle(new Error(`the console was not ready in time:\n${output()}`)), 60_000);
    child.stdout?.on('data', look);
    child.once('exit', gone);
  });
}
