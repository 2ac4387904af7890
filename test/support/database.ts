import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedServer, startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { lendKeyring } from './keyring';

/**
 * A real PostgreSQL for tests: one cluster per test file (or per run, through `setup`), one fresh database per call, copied from a
 * migrated template in some tens of milliseconds.
 */
export interface TestDatabase {
  name: string;
  /** Connection strings by role. `installer` is a superuser and sees everything. */
  url: Record<
    'console' | 'control' | 'mailer' | 'sequencer' | 'exporter' | 'streamer' | 'checker' | 'installer',
    string
  >;
  /** Key of the keyring's proofs, hex. */
  proofKey: string;
  drop(): Promise<void>;
}

export interface TestCluster {
  database(): Promise<TestDatabase>;
  server: EmbeddedServer;
  stop(): Promise<void>;
}

const PASSWORDS = {
  console: 'console-password-of-a-test',
  control: 'control-password-of-a-test',
  mailer: 'mailer-password-of-a-test',
  sequencer: 'sequencer-password-of-a-test',
  exporter: 'exporter-password-of-a-test',
  streamer: 'streamer-password-of-a-test',
  checker: 'checker-password-of-a-test',
};
const PROOF_KEY = '0f'.repeat(32);

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Clusters whose test process was killed: their owner is gone, so nobody will stop them. */
function sweepOrphans(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith('cordon-test-'))) {
    const home = join(tmpdir(), name);
    const pid = (file: string) => Number.parseInt(readFileSync(join(home, 'postgres', file), 'utf8'), 10);
    try {
      if (existsSync(`/proc/${pid('owner.pid')}`)) continue;
      // A number may be another process's by now.
      const server = pid('data/postmaster.pid');
      const comm = `/proc/${server}/comm`;
      if (existsSync(comm) && readFileSync(comm, 'utf8').trim() === 'postgres') process.kill(server, 'SIGINT');
      rmSync(home, { recursive: true, force: true });
    } catch {
      // Being made or removed by another run at this moment.
    }
  }
}

export async function startCluster(): Promise<TestCluster> {
  sweepOrphans();
  const home = mkdtempSync(join(tmpdir(), 'cordon-test-'));
  // mkdtemp makes it 0700 for us alone; the server may run as another user.
  chmodSync(home, 0o755);
  const port = await freePort();
  // Durability is not under test: without it a run is several times faster.
  const settings = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'shared_buffers=32MB',
    'max_connections=200',
  ];
  const server = await startEmbedded({
    home: join(home, 'postgres'),
    port,
    password: randomBytes(16).toString('hex'),
    settings,
  });
  try {
    await server.ensureDatabase('template_cordon');
    await migrate({ url: server.url('template_cordon'), passwords: PASSWORDS, proofKey: PROOF_KEY });
  } catch (error) {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
  const returnKeyring = await lendKeyring();
  let count = 0;
  return {
    server,
    async database() {
      const name = `test_${process.pid}_${++count}`;
      await administer(server, async (client) => {
        await client.query(`create database ${name} template template_cordon`);
        // Grants on the database itself are not copied with a template.
        await client.query(
          `revoke all on database ${name} from public; grant connect on database ${name} to cordon_console, cordon_control, cordon_mailer, cordon_sequencer, cordon_exporter, cordon_streamer, cordon_checker`,
        );
      });
      const as = (role: string, password: string) => `postgresql://${role}:${password}@127.0.0.1:${port}/${name}`;
      return {
        name,
        proofKey: PROOF_KEY,
        url: {
          console: as('cordon_console', PASSWORDS.console),
          control: as('cordon_control', PASSWORDS.control),
          mailer: as('cordon_mailer', PASSWORDS.mailer),
          sequencer: as('cordon_sequencer', PASSWORDS.sequencer),
          exporter: as('cordon_exporter', PASSWORDS.exporter),
          streamer: as('cordon_streamer', PASSWORDS.streamer),
          checker: as('cordon_checker', PASSWORDS.checker),
          installer: server.url(name),
        },
        drop: () => administer(server, (client) => client.query(`drop database if exists ${name} with (force)`)),
      };
    },
    async stop() {
      await returnKeyring();
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function administer(server: EmbeddedServer, fn: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(server.url('postgres'));
  await client.connect();
  try {
    await fn(client);
  } finally {
    await client.end();
  }
}
