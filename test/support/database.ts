import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedServer } from '@/lib/db/embedded';
import { freePort } from './free-port';
import { lendKeyring } from './keyring';
import { newHome, PASSWORDS, PROOF_KEY, startMigrated, TEMPLATE } from './template';
import { query } from './world';

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

export { freePort };

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
  const home = newHome();
  const port = await freePort();
  let server: EmbeddedServer;
  try {
    server = await startMigrated(home, port);
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
  let running = true;
  void server.exited.then(() => {
    running = false;
  });
  const returnKeyring = await lendKeyring();
  let count = 0;
  return {
    server,
    async database() {
      const name = `test_${process.pid}_${++count}`;
      const administer = (sql: string) => query(server.url('postgres'), sql);
      await administer(`create database ${name} template ${TEMPLATE}`);
      // Grants on the database itself are not copied with a template.
      await administer(
        `revoke all on database ${name} from public; grant connect on database ${name} to cordon_console, cordon_control, cordon_mailer, cordon_sequencer, cordon_exporter, cordon_streamer, cordon_checker`,
      );
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
        drop: async () => void (await administer(`drop database if exists ${name} with (force)`)),
      };
    },
    async stop() {
      await returnKeyring();
      // At once and without writing anything down: the data are removed.
      if (running) process.kill(server.pid, 'SIGQUIT');
      await server.exited;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
