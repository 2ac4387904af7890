import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import pg from 'pg';
import { expect } from 'vitest';
import { connect, expectWhole, INSERT_EVENTS, ORG_A, ORG_B, sequence } from '@/lib/audit/sequencer/test-support';
import { proveTrees } from '@/lib/audit/sequencer/trees';
import { verifyConsistency } from '@/lib/kernel/log';
import { type KeyringProcess, spawnKeyring, stopKeyring } from '@/lib/keyring/test-support';
import { primitives } from '@/lib/primitives';
import type { TestDatabase } from '../support/database';
import { query } from '../support/world';

/** Sequencers and a keyring as processes, writers of all kinds, and the final account. */
export interface SequencerProcess {
  child: ChildProcess;
  /** Messages of its log so far. */
  lines: string[];
  /** Resolves when it holds the lock. */
  leads: Promise<void>;
  /** With SIGKILL. */
  kill(): Promise<void>;
}

export interface FaultWorld {
  db: TestDatabase;
  keyring: KeyringProcess;
  vkey: string;
  sequencer(): SequencerProcess;
  /** Kills the keyring and starts another on the same files. */
  restartKeyring(): Promise<void>;
  /** How many entries are signed, of all logs. */
  signed(): Promise<number>;
  /** Nothing runs any more: lets what is left be sequenced, and takes account of everything. Answers how many pairs of successive checkpoints were consistent. */
  settle(written: Written): Promise<number>;
  stop(): Promise<void>;
}

export interface Writers {
  /** Events whose commit was acknowledged. */
  readonly committed: number;
  /** Codes of what failed. */
  readonly refused: string[];
  stop(): Promise<Written>;
}

/** Events whose commit was acknowledged, and those whose commit got no answer. */
export interface Written {
  committed: number;
  unknown: number;
}

export async function openFaultWorld(db: TestDatabase): Promise<FaultWorld> {
  const home = mkdtempSync(join(tmpdir(), 'cordon-faults-'));
  const bundle = join(home, 'sequencer.cjs');
  const [first] = await Promise.all([startKeyring(home), bundled(bundle)]);
  const [vkey = ''] = (await first.client('control').call('trust.describe', {})).logKeys ?? [];
  const children = new Set<ChildProcess>();
  const world: FaultWorld = {
    db,
    keyring: first,
    vkey,
    sequencer() {
      const env = {
        NODE_ENV: 'test' as const,
        PATH: process.env.PATH,
        SEQUENCER_DATABASE_URL: db.url.sequencer,
        KEYRING_SOCKET: world.keyring.socketPath,
        KEYRING_TOKEN: world.keyring.tokens.control,
      };
      const child = fork(bundle, [], { env, execArgv: [] });
      children.add(child);
      const exited = once(child, 'exit').then(() => void children.delete(child));
      const lines: string[] = [];
      const leads = new Promise<void>((resolve) => {
        child.on('message', (message: { line?: string; leads?: true }) => {
          if (message.line) lines.push(message.line);
          if (message.leads) resolve();
        });
      });
      const kill = async () => {
        child.kill('SIGKILL');
        await exited;
      };
      return { child, lines, leads, kill };
    },
    async restartKeyring() {
      world.keyring.child.kill('SIGKILL');
      await world.keyring.exited;
      world.keyring = await startKeyring(home);
    },
    async signed() {
      const sql = `select coalesce(sum("signed"), 0) as n from "Log" where "name" <> 'operator'`;
      return Number((await query<{ n: string }>(db.url.installer, sql))[0]!.n);
    },
    async settle({ committed, unknown }) {
      expect(children.size).toBe(0);
      const client = await connect(db);
      await sequence(client, world.keyring.client('control'));
      const [events] = await query<{ n: string }>(db.url.installer, 'select count(*) as n from "AuditEvent"');
      expect(Number(events!.n)).toBeGreaterThanOrEqual(committed);
      expect(Number(events!.n)).toBeLessThanOrEqual(committed + unknown);
      await expectWhole(db, { vkey });
      const pairs = await expectConsistent(client);
      await client.end();
      return pairs;
    },
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      await stopKeyring(world.keyring);
      rmSync(home, { recursive: true, force: true });
    },
  };
  return world;
}

async function startKeyring(home: string): Promise<KeyringProcess> {
  const keyring = await spawnKeyring(home);
  await keyring.ready;
  return keyring;
}

/** One file, because it is started many times. */
const bundled = (outfile: string) =>
  build({
    entryPoints: [fileURLToPath(new URL('sequencer-main.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['react-server'],
    external: ['pg-native'],
    logLevel: 'error',
  });

/** Every checkpoint of every log is a beginning of the next, by a proof out of the stored tiles. How many pairs there were. */
async function expectConsistent(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ log: string; size: string; root: Buffer }>(
    'select "log", "size", "root" from "LogCheckpoint" order by "log", "size"',
  );
  const heads = rows.map(({ log, size, root }) => ({ log, size: Number(size), root }));
  const pairs = heads.flatMap((newer, i) => {
    const older = heads[i - 1];
    return older?.log === newer.log ? [{ older, newer }] : [];
  });
  const trees = await proveTrees(
    client,
    pairs.map(({ older, newer }) => ({ log: newer.log, size: newer.size, from: older.size })),
  );
  for (const [i, { older, newer }] of pairs.entries())
    expect(verifyConsistency(primitives, older, newer, trees[i]!.proof)).toBe(true);
  return pairs.length;
}

/** Short transactions, slow ones that hold the horizon back, and some that are rolled back. A lost connection is made anew. */
export function startWriters(db: TestDatabase, count: number): Writers {
  let writing = true;
  let committed = 0;
  let unknown = 0;
  const refused: string[] = [];
  const writer = async (number: number) => {
    for (let i = 0; writing; i++) {
      const client = new pg.Client({ connectionString: db.url.installer, options: '-c synchronous_commit=on' });
      client.on('error', () => undefined);
      let committing = 0;
      try {
        await client.connect();
        for (; writing; i++) {
          const events = 1 + (i % 5);
          await client.query('begin');
          await client.query(INSERT_EVENTS, [[ORG_A, ORG_B, null][(i + number) % 3], events]);
          if (number === 0) await pause(150);
          if (i % 7 === 6) await client.query('rollback');
          else {
            committing = events;
            await client.query('commit');
            committed += events;
            committing = 0;
          }
          await pause(number === 0 ? 0 : 4);
        }
      } catch (error) {
        // A commit without an answer may have happened or not.
        unknown += committing;
        refused.push((error as { code?: string }).code ?? 'lost');
        await pause(20);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  };
  const running = Promise.all(Array.from({ length: count }, (_, number) => writer(number)));
  return {
    get committed() {
      return committed;
    },
    refused,
    async stop() {
      writing = false;
      await running;
      return { committed, unknown };
    },
  };
}
