import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyring, KeyringError } from '@/lib/keyring';
import { ConfigError, readConfig } from '../launch/config';
import { paths } from '../launch/plan';
import type { Secrets } from '../launch/secrets';
import { welcomeStaff } from '../launch/welcome';
import { UsageError } from './command';

/** What only the operator of the machine with database and keyring can reach. */
export interface Owner {
  databaseUrl: string;
  staffOrigin: string;
  controlUrl: string;
  keyringSocket: string;
  /** SHA-256 of the edge CA's certificate, hex: by it a new edge recognises control. */
  controlFingerprint(): Promise<string>;
  /** Verifier keys of the transparency logs. Throws KeyringError. */
  logKeys(): Promise<string[]>;
  /** Keys of the sheets that production hosts hold: raw Ed25519, base64. Throws KeyringError. */
  sheetKeys(): Promise<string[]>;
  /** The next staff passkey needs no endorsement. False when the keyring cannot be reached. */
  welcome(): Promise<boolean>;
}

/**
 * The installation of this checkout, which must be running; or, where the operator brings a database, the one that DATABASE_URL,
 * CORDON_KEYRING_SOCKET and CORDON_KEYRING_TOKEN (client `installer`) name.
 */
export function owner(env: NodeJS.ProcessEnv = process.env): Owner {
  try {
    const config = readConfig(env, process.cwd());
    const secrets = (): Secrets => JSON.parse(readFileSync(join(config.home, 'secrets.json'), 'utf8')) as Secrets;
    const keyringSocket = env.CORDON_KEYRING_SOCKET ?? paths(config.home).socket;
    const installer = () => ({
      socketPath: keyringSocket,
      token: env.CORDON_KEYRING_TOKEN ?? secrets().keyring.installer,
    });
    return {
      databaseUrl:
        config.databaseUrl ??
        `postgresql://cordon_installer:${encodeURIComponent(secrets().database.owner)}@${config.host}:${config.ports.database}/cordon`,
      staffOrigin: config.staffOrigin,
      controlUrl: `https://${config.host}:${config.ports.control}`,
      keyringSocket,
      async controlFingerprint() {
        const { edgeCa } = await trust(installer());
        return createHash('sha256').update(new X509Certificate(edgeCa).raw).digest('hex');
      },
      async logKeys() {
        return (await trust(installer())).logKeys ?? [];
      },
      async sheetKeys() {
        return ((await trust(installer())).sheetKeys ?? []).map(({ publicKey }) => publicKey);
      },
      async welcome() {
        try {
          await welcomeStaff(installer(), [null]);
          return true;
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          if (error instanceof KeyringError || code === 'ENOENT' || code === 'EACCES') return false;
          throw error;
        }
      },
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof ConfigError) throw new UsageError(error.message);
    if (code !== 'ENOENT' && code !== 'EACCES') throw error;
    throw new UsageError(
      'no installation is found here: run this in the checkout whose `npm start` is running, as the same user, or set DATABASE_URL or CORDON_HOME',
    );
  }
}

async function trust(installer: Parameters<typeof createKeyring>[0]) {
  const keyring = createKeyring(installer);
  try {
    return await keyring.call('trust.describe', {});
  } finally {
    keyring.close();
  }
}
