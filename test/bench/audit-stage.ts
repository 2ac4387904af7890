import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { spawnKeyring, stopKeyring } from '@/lib/keyring/test-support';
import { freePort } from '../support/database';

/** A PostgreSQL with its durable settings, a keyring, the sequencer in a process of its own, and connections that write. */
export interface Stage {
  /** Of the role that control writes with. */
  writers: pg.Client[];
  /** Of a superuser. */
  installer: pg.Client;
  /** Environment of a process that writes exports. */
  exporter: Record<string, string>;
  /** Stops the sequencer's process where it stands; `resume` lets it go on. */
  pause(): void;
  resume(): void;
  /** Resolves when every event has its place under a signed checkpoint. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 20;

/** What a chain in rows does at its best: one call, the head locked, hashed in the server. And a table with nothing but a key. */
const PEERS = `
  create table chain_head (org text primary key, hash bytea not null);
  create table chain (id uuid primary key, org text not null, body bytea not null, hash bytea not null);
  insert into chain_head values ('org_bench', '\\x00');
  create function chain_append(bodies bytea[]) returns void language plpgsql as $$
  declare head bytea; body bytea;
  begin
    select hash into head from chain_head where org = 'org_bench' for update;
    foreach body in array bodies loop
      head := sha256(head || body);
      insert into chain values (gen_random_uuid(), 'org_bench', body, head);
    end loop;
    update chain_head set hash = head where org = 'org_bench';
  end $$;
  create table bare (id uuid primary key, body bytea not null);
  grant select, insert, update on chain, chain_head, bare to cordon_control;`;

export async function setStage(connections: number): Promise<Stage> {
  const home = mkdtempSync(join(tmpdir(), 'cordon-bench-'));
  chmodSync(home, 0o755);
  const port = await freePort();
  const server = await startEmbedded({ home: join(home, 'postgres'), port, password: randomBytes(16).toString('hex') });
  const passwords = { console: 'console', control: 'control', sequencer: 'sequencer', exporter: 'exporter' };
  await server.ensureDatabase('cordon');
  await migrate({ url: server.url('cordon'), passwords, proofKey: '0f'.repeat(32) });
  const as = (role: keyof typeof passwords) =>
    `postgresql://cordon_${role}:${passwords[role]}@127.0.0.1:${port}/cordon`;

  const keyring = await spawnKeyring(mkdtempSync(join(tmpdir(), 'cordon-bench-')));
  await keyring.ready;
  Object.assign(process.env, {
    CORDON_KEYRING_SOCKET: keyring.socketPath,
    CORDON_KEYRING_TOKEN: keyring.tokens.control,
  });

  const connect = async (connectionString: string) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    return client;
  };
  const installer = await connect(server.url('cordon'));
  await installer.query(PEERS);
  const writers = await Promise.all(Array.from({ length: connections }, () => connect(as('control'))));
  const sequencer: ChildProcess = spawn(
    process.execPath,
    ['--conditions=react-server', '--import', 'tsx', 'test/bench/audit-sequencer.ts'],
    {
      env: { ...process.env, DATABASE_URL: as('sequencer'), CORDON_LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const waiting = async () => {
    const { rows } = await installer.query<{ waiting: boolean }>(
      `select exists (select 1 from "AuditEvent" e, "LogCursor" c where (e."xid", e."id") > (c."xid", c."eventId"))
         or exists (select 1 from "Log" where "signed" < "size") as waiting`,
    );
    return rows[0]!.waiting;
  };
  return {
    writers,
    installer,
    exporter: { DATABASE_URL: as('exporter'), CORDON_KEYRING_TOKEN: keyring.tokens.console },
    pause: () => void sequencer.kill('SIGSTOP'),
    resume: () => void sequencer.kill('SIGCONT'),
    async settled() {
      while (await waiting()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    },
    async stop() {
      sequencer.kill('SIGCONT');
      sequencer.kill('SIGTERM');
      await Promise.all([installer, ...writers].map((client) => client.end()));
      await stopKeyring(keyring);
      await server.stop();
      for (const each of [home, keyring.home]) rmSync(each, { recursive: true, force: true });
    },
  };
}
