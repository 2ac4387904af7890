import { rm } from 'node:fs/promises';
import { type KeyringProcess, spawnKeyring, stopKeyring, temporaryHome } from '@/lib/keyring/test-support';
import { startCluster } from '@/test/support/database';

/** What commands of the machine's operator need: a keyring and a database. The environment of this process names both until it stops. */
export interface Installation {
  keyring: KeyringProcess;
  /** Of the database, as its installer. */
  url: string;
  stop(): Promise<void>;
}

export async function startInstallation(environment: Record<string, string>): Promise<Installation> {
  const before = { ...process.env };
  const cluster = await startCluster();
  const keyring = await spawnKeyring(await temporaryHome());
  await keyring.ready;
  const url = (await cluster.database()).url.installer;
  Object.assign(process.env, {
    ...{ DATABASE_URL: url, CORDON_KEYRING_SOCKET: keyring.socketPath },
    CORDON_KEYRING_TOKEN: keyring.tokens.installer,
    ...environment,
  });
  return {
    ...{ keyring, url },
    async stop() {
      process.env = before;
      await stopKeyring(keyring);
      await cluster.stop();
      await rm(keyring.home, { recursive: true });
    },
  };
}
