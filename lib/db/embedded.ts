import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { canReach, droppedUser, type SystemUser } from './dropped-user';
import { serverFiles } from './server-files';

export interface EmbeddedOptions {
  /** Directory of the database, made when missing; the parents must be enterable by the user the server runs as. */
  home: string;
  port: number;
  /** Of the role `cordon_installer`, a superuser; no process but the installer uses it. Fixed when the cluster is made. */
  password: string;
  /** `name=value` server settings, for example `fsync=off` in tests. */
  settings?: readonly string[];
}

export interface EmbeddedServer {
  readonly pid: number;
  /** As `cordon_installer`. */
  url(database: string): string;
  /** Makes the database when it is missing. */
  ensureDatabase(name: string): Promise<void>;
  /** Fast shutdown: open transactions roll back, everything committed is on disk. */
  stop(): Promise<void>;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<void>;
}

const INSTALLER = 'cordon_installer';

/**
 * Starts PostgreSQL from npm's binaries on 127.0.0.1 with a data directory of its own: password authentication only, no
 * unix socket. A server that a killed launcher left running on the same directory is stopped first.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const user = droppedUser();
  // The parents without a mode: a recursive mkdir would give them the same 0700 and lock the server's user out.
  mkdirSync(options.home, { recursive: true });
  if (!canReach(options.home, user)) {
    throw new Error(
      `The user that runs the database (uid ${user?.uid}) cannot enter ${options.home}. Set CORDON_HOME to a directory it can.`,
    );
  }
  refuseSecondOwner(options.home);
  const files = serverFiles(options.home, user);
  const data = join(options.home, 'data');
  if (!existsSync(data)) initialise(files, data, options, user);
  await stopOrphan(data);
  writeFileSync(join(options.home, 'owner.pid'), `${process.pid} ${startOf(process.pid)}`);

  const server = spawn(
    join(files, 'bin/postgres'),
    ['-D', data, '-h', '127.0.0.1', '-p', String(options.port), '-k', '', ...settings(options.settings ?? [])],
    // Its own process group: Ctrl-C in the terminal goes to the launcher, which stops the database last.
    { ...user, cwd: data, detached: true, env: environment(), stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await ready(server, exited);
  const url = (database: string) =>
    `postgresql://${INSTALLER}:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/${database}`;
  return {
    pid: server.pid!,
    url,
    exited,
    ensureDatabase: (name) => ensureDatabase(url('postgres'), name),
    async stop() {
      server.kill('SIGINT');
      const timer = setTimeout(() => server.kill('SIGQUIT'), 20_000);
      await exited;
      clearTimeout(timer);
      rmSync(join(options.home, 'owner.pid'), { force: true });
    },
  };
}

/** Statements of failed queries stay out of the server's log: they could quote values. */
const settings = (extra: readonly string[]) =>
  [
    'timezone=UTC',
    'log_timezone=UTC',
    'password_encryption=scram-sha-256',
    'log_min_error_statement=panic',
    'log_statement=none',
    ...extra,
  ].flatMap((setting) => ['-c', setting]);

/** Only what the server needs: variables such as PGDATA or PGPORT of the caller would change its behaviour. */
const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  LC_ALL: 'C',
  TZ: 'UTC',
  NODE_ENV: process.env.NODE_ENV,
});

function initialise(files: string, data: string, options: EmbeddedOptions, user: SystemUser | undefined): void {
  // Made beside and renamed, so that an interrupted initdb leaves no half cluster that looks whole.
  const half = `${data}.new`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { mode: 0o700 });
  const passwordFile = join(half, '..', `.password-${process.pid}`);
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (user) {
    chownSync(half, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  try {
    const made = spawnSync(
      join(files, 'bin/initdb'),
      // A locale built into PostgreSQL: sorting does not depend on what the machine has installed.
      [
        '-D',
        half,
        '-U',
        INSTALLER,
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      { ...user, cwd: half, env: environment(), encoding: 'utf8' },
    );
    if (made.status !== 0)
      throw new Error(
        `initdb failed: ${(made.stderr || String(made.error ?? '')).trim().split('\n').slice(-3).join(' ')}`,
      );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  chmodSync(half, 0o700);
  renameSync(half, data);
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** The command line of a process, or empty when it is gone. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout ?? '';
  }
}

const readPid = (file: string): number | undefined => {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
};

/** When a process started (clock ticks since boot), where the system says so: a number used again is not the same process. */
function startOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function refuseSecondOwner(home: string): void {
  const file = join(home, 'owner.pid');
  const owner = readPid(file);
  if (
    owner &&
    owner !== process.pid &&
    alive(owner) &&
    readFileSync(file, 'utf8').trim() === `${owner} ${startOf(owner)}`.trim()
  ) {
    throw new Error(
      `Another Cordon (process ${owner}) uses the database in ${home}. Stop it first, or set CORDON_HOME.`,
    );
  }
}

/** After a kill -9 of the launcher its server may still run, or be gone and have left its pid file behind. */
async function stopOrphan(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const pid = readPid(file);
  if (!pid) return;
  if (!alive(pid) || !commandLine(pid).includes(data)) {
    // The number belongs to nobody or to a stranger; PostgreSQL would refuse to start for a stranger's sake.
    rmSync(file, { force: true });
    return;
  }
  process.kill(pid, 'SIGINT');
  for (let waited = 0; alive(pid); waited += 50) {
    if (waited === 20_000) process.kill(pid, 'SIGQUIT');
    if (waited > 30_000) throw new Error(`A database server (process ${pid}) left over from before does not stop.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Resolves when the server says that it takes connections; rejects with its last words when it ends before. */
function ready(server: ChildProcess, exited: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let tail = '';
    server.once('error', reject);
    // Read on after readiness too: a full pipe would stop the server.
    server.stderr!.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-2_000);
      if (tail.includes('ready to accept connections')) resolve();
    });
    exited.then(() =>
      reject(new Error(`The database server did not start: ${tail.trim().split('\n').slice(-3).join(' ')}`)),
    );
  });
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
