import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedServer, startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { freePort } from './free-port';

/**
 * A migrated cluster at rest, made once by each run of vitest and copied by every file that needs a cluster: a fraction of the work
 * of making one. No run sees another's. In a run that watches, one whose migrations have changed since is not copied.
 */
export interface Template {
  home: string;
  /** Of the installer. */
  password: string;
  /** Of the migrations in it. */
  digest: string;
}

/** The database in every cluster that the databases of tests are copied from. */
export const TEMPLATE = 'template_cordon';
export const PASSWORDS = {
  console: 'console-password-of-a-test',
  control: 'control-password-of-a-test',
  mailer: 'mailer-password-of-a-test',
  sequencer: 'sequencer-password-of-a-test',
  exporter: 'exporter-password-of-a-test',
  streamer: 'streamer-password-of-a-test',
  checker: 'checker-password-of-a-test',
};
export const PROOF_KEY = '0f'.repeat(32);

/** How the processes of the tests learn of the template of their run. */
const VARIABLE = 'CORDON_TEST_TEMPLATE';

// Durability is not under test: without it a run is several times faster.
const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'shared_buffers=32MB',
  'max_connections=200',
];

/** Vitest's global set-up of every project that has databases; several projects of one run share what the first has made. */
export default async function setup(): Promise<(() => void) | undefined> {
  if (process.env[VARIABLE]) return undefined;
  const home = newHome();
  const password = randomBytes(16).toString('hex');
  const digest = migrationsNow();
  const server = await make(home, await freePort(), password);
  await server.stop();
  // Whoever sweeps up after killed runs looks for the owner here.
  writeFileSync(join(home, 'postgres', 'owner.pid'), String(process.pid));
  process.env[VARIABLE] = JSON.stringify({ home, password, digest } satisfies Template);
  return () => {
    delete process.env[VARIABLE];
    rmSync(home, { recursive: true, force: true });
  };
}

/** mkdtemp makes it 0700 for us alone; the server may run as another user. */
export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'cordon-test-'));
  chmodSync(home, 0o755);
  return home;
}

/** A server of its own below that home, with everything migrated into `TEMPLATE`. */
export async function startMigrated(home: string, port: number): Promise<EmbeddedServer> {
  const template = process.env[VARIABLE] ? (JSON.parse(process.env[VARIABLE]) as Template) : null;
  if (template?.digest !== migrationsNow()) return make(home, port, randomBytes(16).toString('hex'));
  copyOf(template, home);
  return startEmbedded({ home: join(home, 'postgres'), port, password: template.password, settings: SETTINGS });
}

async function make(home: string, port: number, password: string): Promise<EmbeddedServer> {
  const server = await startEmbedded({ home: join(home, 'postgres'), port, password, settings: SETTINGS });
  try {
    await server.ensureDatabase(TEMPLATE);
    await migrate({ url: server.url(TEMPLATE), passwords: PASSWORDS, proofKey: PROOF_KEY });
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The data with their owner; the server's own files, where the user it runs as needed a copy of them, are shared. */
function copyOf(template: Template, home: string): void {
  const [from, to] = [join(template.home, 'postgres'), join(home, 'postgres')];
  mkdirSync(to);
  for (const name of readdirSync(from).filter((each) => each.startsWith('server-')))
    symlinkSync(join(from, name), join(to, name));
  const { status, stderr } = spawnSync('cp', ['-a', join(from, 'data'), join(to, 'data')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The migrated cluster could not be copied: ${stderr}`);
}

/** Of the names and texts in the working tree. */
function migrationsNow(): string {
  const directory = join(process.cwd(), 'prisma/migrations');
  const hash = createHash('sha256');
  for (const name of readdirSync(directory).sort()) {
    const file = join(directory, name, 'migration.sql');
    if (existsSync(file)) hash.update(`${name}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}
