import { readFile } from 'node:fs/promises';
import { outliveReaders } from '@/lib/platform/readers';
import { Clients } from './clients';
import { readConfig } from './config';
import { closeContext, openContext } from './open';
import { createKeyringServer } from './server';
import { listen } from './socket';

/** The keyring process: opens its keys, serves its socket, ends on SIGTERM. */
const log = (line: object): void => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), process: 'keyring', ...line })}\n`);
};

async function main(): Promise<void> {
  process.umask(0o077);
  outliveReaders();
  const config = readConfig(process.env);
  const clients = new Clients(await readClients(config.clients));
  const context = await openContext(config.home, Date.now, config.origins);
  const server = createKeyringServer(context, clients, (line) => log({ msg: 'operation', ...line }));
  await listen(server, config.socket);
  log({ msg: 'ready', socket: config.socket, policyKey: context.keys.policyKey.keyId });

  const stop = (): void => {
    server.close(() => {
      closeContext(context).then(
        () => log({ msg: 'stopped' }),
        () => process.exit(1),
      );
    });
    server.closeIdleConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

async function readClients(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw new Error(`keyring: CORDON_KEYRING_CLIENTS: ${path} cannot be read as JSON`);
  }
}

main().catch((error: unknown) => {
  log({ msg: 'failed', reason: error instanceof Error ? error.message : 'unknown' });
  process.exit(1);
});
