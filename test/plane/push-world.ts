import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Control, startControl } from '@/lib/control';
import { expectEdge } from '@/lib/db/install';
import { appIdOf, type Resource } from '@/lib/kernel/bundle/resources';
import type { Region } from '@/lib/kernel/region';
import { createKeyring, type Keyring } from '@/lib/keyring';
import { Clients } from '@/lib/keyring/clients';
import type { Context } from '@/lib/keyring/context';
import { openContext } from '@/lib/keyring/open';
import { createKeyringServer } from '@/lib/keyring/server';
import { listen } from '@/lib/keyring/socket';
import { createLog } from '@/lib/platform';
import { openPolicy, type PolicyOptions, type PolicyStore } from '@/media-plane/policy';
import { startCluster, type TestCluster, type TestDatabase } from '../support/database';

/** A small real world for the policy path: PostgreSQL, keyring, control processes and edges' policy stores, all in this process. */
export const APP = '0123456789abcdef0123456789abcdef';
export const OTHER_APP = 'fedcba9876543210fedcba9876543210';
const TOKENS = { console: 'console-token-of-a-test', control: 'control-token-of-a-test' };

type Unversioned<R> = R extends Resource ? Omit<R, 'version'> : never;
export type Draft = Unversioned<Resource>;

export interface World {
  database: TestDatabase;
  keyring: Keyring;
  context: Context;
  fingerprint: string;
  sql: pg.Pool;
  control(options?: Partial<Parameters<typeof startControl>[0]>): Promise<Control>;
  /** Everything an edge needs but its join token. */
  edge(
    name: string,
    region: Region,
    controlPort: number,
  ): PolicyOptions & { logged: { msg: string; code?: unknown }[] };
  joined(
    name: string,
    region: Region,
    controlPort: number,
    lifetimeSeconds?: number,
  ): Promise<ReturnType<World['edge']>>;
  open(options: PolicyOptions): Promise<PolicyStore>;
  /** What the console does: resources and head in one transaction, then the notice. */
  change(put: Draft[], del?: string[]): Promise<number>;
  project(appId: string, regions: Region[]): Promise<{ drafts: Draft[]; certificate: string }>;
  stopKeyring(): Promise<void>;
  startKeyring(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld(cluster: TestCluster): Promise<World> {
  const home = mkdtempSync(join(tmpdir(), 'cordon-push-'));
  const database = await cluster.database();
  const sql = new pg.Pool({ connectionString: database.url.installer, max: 4 });
  sql.on('error', () => undefined);
  const context = await openContext(join(home, 'keyring'), Date.now, {
    customer: 'http://localhost:3000',
    staff: 'http://staff.localhost:3000',
  });
  const hash = (token: string) => createHash('sha256').update(token).digest('hex');
  const clients = new Clients({ console: hash(TOKENS.console), control: hash(TOKENS.control) });
  const socket = join(home, 'keyring.sock');
  let server: Server | null = null;
  const console_ = createKeyring({ socketPath: socket, token: TOKENS.console });
  const stops: (() => Promise<unknown>)[] = [];

  const world: World = {
    database,
    keyring: console_,
    context,
    sql,
    fingerprint: createHash('sha256').update(new X509Certificate(context.authority.certificate).raw).digest('hex'),
    async control(options = {}) {
      const control = await startControl({
        host: '127.0.0.1',
        port: 0,
        databaseUrl: database.url.control,
        keyringSocket: socket,
        keyringToken: TOKENS.control,
        hosts: ['127.0.0.1', 'localhost'],
        log: createLog('control', [], process.env.CORDON_TEST_LOG ? console.log : () => undefined),
        ...options,
      });
      stops.push(once(() => control.stop()));
      const stop = stops.at(-1)!;
      return Object.assign(Object.create(control) as Control, { stop });
    },
    edge(name, region, controlPort) {
      const logged: { msg: string; code?: unknown }[] = [];
      return {
        name,
        region,
        home: join(home, name),
        url: `http://localhost:1/${name}`,
        relay: '127.0.0.1:2',
        controlUrl: `https://127.0.0.1:${controlPort}`,
        controlFingerprint: world.fingerprint,
        build: 'test',
        logged,
        log: (_level, msg, fields) => {
          logged.push({ msg, ...fields });
          if (process.env.CORDON_TEST_LOG) console.log(name, msg, fields);
        },
      };
    },
    async joined(name, region, controlPort, lifetimeSeconds = 600) {
      const options = world.edge(name, region, controlPort);
      const joinToken = await expectEdge(
        database.url.installer,
        { name, region, url: options.url, relay: options.relay },
        lifetimeSeconds,
      );
      return { ...options, joinToken };
    },
    async open(options) {
      const store = await openPolicy(options);
      const stop = once(() => store.stop());
      stops.push(stop);
      return Object.create(store, { stop: { value: stop } }) as PolicyStore;
    },
    async change(put, del = []) {
      const client = await sql.connect();
      try {
        await client.query('begin');
        const { rows } = await client.query('update "PolicyHead" set seq = seq + 1 returning seq');
        const seq = Number(rows[0].seq);
        for (const resource of put) {
          const appId = appIdOf({ ...resource, version: 0 } as Resource) ?? null;
          await client.query(
            `insert into "PolicyResource" (key, kind, "appId", body, seq) values ($1, $2, $3, $4, $5)
             on conflict (key) do update set body = excluded.body, seq = excluded.seq, deleted = false`,
            [`${resource.kind}/${resource.id}`, resource.kind, appId, JSON.stringify(resource), seq],
          );
        }
        for (const key of del)
          await client.query('update "PolicyResource" set deleted = true, seq = $2 where key = $1', [key, seq]);
        await client.query("select pg_notify('policy', $1)", [String(seq)]);
        await client.query('commit');
        return seq;
      } finally {
        client.release();
      }
    },
    async project(appId, regions) {
      const projectId = `prj_${appId.slice(0, 8)}`;
      const certificateId = `crt_${appId.slice(0, 8)}`;
      const made = await console_.call('certificate.create', { certificateId, projectId, appId });
      const drafts: Draft[] = [
        {
          kind: 'project',
          id: appId,
          projectId,
          organisationId: 'org_test',
          name: 'Test',
          status: 'active',
          environment: 'production',
          mode: 'token',
          certificates: [{ id: certificateId, slot: 'primary', sealed: made.sealed }],
        },
        {
          kind: 'tokenPolicy',
          id: appId,
          maxLifetimeSeconds: 3600,
          wildcardChannel: false,
          wildcardUser: true,
          legacy006: false,
          clockSkewSeconds: 30,
        },
        { kind: 'staleness', id: appId, joinSeconds: 300 },
        { kind: 'fence', id: appId, regions },
      ];
      return { drafts, certificate: made.value };
    },
    async startKeyring() {
      server = createKeyringServer(context, clients, () => undefined);
      await listen(server, socket);
    },
    async stopKeyring() {
      const running = server;
      server = null;
      if (!running) return;
      const closed = new Promise((resolve) => running.close(resolve));
      running.closeAllConnections();
      await closed;
    },
    async stop() {
      for (const stop of stops.reverse()) await stop();
      console_.close();
      await world.stopKeyring();
      await context.positions.close();
      await sql.end();
      await database.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
  await world.startKeyring();
  return world;
}

export { startCluster };

function once(fn: () => Promise<unknown>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= fn().then(() => undefined);
    return done;
  };
}

/** Waits until the condition holds; fails by name after `seconds`. */
export async function until<T>(what: string, condition: () => T | Promise<T>, seconds = 10): Promise<NonNullable<T>> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<T>;
    if (performance.now() > deadline) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const newAppId = (): string => randomBytes(16).toString('hex');
