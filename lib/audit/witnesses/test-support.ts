import { cp, mkdtemp, rm } from 'node:fs/promises';
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
