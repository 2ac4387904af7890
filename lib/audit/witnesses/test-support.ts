import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NoteKey, parseVkey } from '@/lib/kernel/log';
import type { Keyring } from '@/lib/keyring';
import { openContext } from '@/lib/keyring/open';
import { run } from '@/lib/keyring/operations';
import { ORIGINS, type TestKeyring } from '@/lib/keyring/test-support';
import { primitives } from '@/lib/primitives';
import { createWitnessKey, formatPolicy, type RunningWitness, startWitness } from '@/lib/witness';
import type { Queryable } from '../sequencer/store';
import { readWitnessPolicy } from './config';
import { askRound, vkeyOf } from './round';
import { adopt, newestCheckpoint } from './store';

/** What tests of witnessing share: real witnesses on loopback, servers that lie, and an operator with two histories. */
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface TestWitness {
  readonly vkey: string;
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface TestWitnesses {
  root: string;
  witness(name: string, vkeys: readonly string[], now?: () => number): Promise<TestWitness>;
  /** A server that answers as it is told, under this key's name. */
  server(listener: RequestListener): Promise<string>;
  close(): Promise<void>;
}

export async function openWitnesses(): Promise<TestWitnesses> {
  const root = await mkdtemp(join(tmpdir(), 'cordon-witnesses-'));
  const ends: (() => Promise<unknown>)[] = [];
  return {
    root,
    async witness(name, vkeys, now = Date.now) {
      const directory = join(root, name);
      const { vkey } = await createWitnessKey(directory, `${name}.example/witness`);
      let running: RunningWitness | undefined;
      let port = 0;
      const start = async () => {
        running = await startWitness({ directory, vkeys, port, log: SILENT, clock: { now } });
        port = running.port;
      };
      const stop = async () => {
        await running?.stop();
        running = undefined;
      };
      await start();
      ends.push(stop);
      return { vkey, url: `http://127.0.0.1:${port}`, start, stop };
    },
    async server(listener) {
      const server = createServer(listener);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      ends.push(
        () =>
          new Promise((resolve) => {
            server.close(resolve);
            server.closeAllConnections();
          }),
      );
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async close() {
      for (const end of ends) await end();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export const policyText = (witnesses: readonly { vkey: string; url: string }[], quorum: number) =>
  formatPolicy(witnesses, quorum);

/** Has the newest checkpoint cosigned, as control does, over a connection that answers rows. Answers who is in the policy. */
export async function witnessOnce(
  sql: <T>(text: string, values?: unknown[]) => Promise<T[]>,
  witnesses: readonly { vkey: string; url: string }[],
  root: string,
  quorum: number,
): Promise<string> {
  const db = { query: async (text: string, values?: unknown[]) => ({ rows: await sql(text, values) }) } as Queryable;
  const path = join(root, 'policy-once');
  await writeFile(path, policyText(witnesses, quorum));
  const policy = readWitnessPolicy(path);
  await adopt(
    db,
    policy.witnesses.map((witness) => ({ name: witness.name, vkey: vkeyOf(witness) })),
  );
  await askRound(db, policy, policy.witnesses, (await newestCheckpoint(db))!, Date.now());
  return policyText(witnesses, quorum);
}

export async function logVkey({ context }: Pick<TestKeyring, 'context'>): Promise<string> {
  return (await run(context, 'trust.describe', {})).logKeys?.[0] ?? '';
}

export const keyOf = (vkey: string): NoteKey => parseVkey(primitives, vkey)!;

/** A second keyring with the keys of the first and none of its memory: whoever has the key can sign two histories. */
export async function twinOf(keyring: TestKeyring): Promise<Pick<Keyring, 'call'> & { close(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'cordon-twin-'));
  await cp(keyring.home, home, { recursive: true });
  const context = await openContext(home, () => keyring.clock.now, ORIGINS);
  return {
    call: (operation, input) => run(context, operation, input),
    async close() {
      await context.positions.close();
      await context.credentials.close();
      await context.logs.close();
      await context.subjects.close();
      await rm(home, { recursive: true });
    },
  };
}
