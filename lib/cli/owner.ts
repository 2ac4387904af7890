import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, readConfig } from '../launch/config';
import { UsageError } from './command';

/**
 * The database as its owner sees it: DATABASE_URL where the operator brings one, else the embedded server of this checkout, which
 * must be running. Whoever can read the home directory is the operator of this machine.
 */
export function ownerDatabase(): { url: string; staffOrigin: string; controlUrl: string } {
  try {
    const config = readConfig(process.env, process.cwd());
    const found = { staffOrigin: config.staffOrigin, controlUrl: `https://${config.host}:${config.ports.control}` };
    if (config.databaseUrl) return { ...found, url: config.databaseUrl };
    const secrets = JSON.parse(readFileSync(join(config.home, 'secrets.json'), 'utf8')) as {
      database: { owner: string };
    };
    return {
      ...found,
      url: `postgresql://cordon_installer:${encodeURIComponent(secrets.database.owner)}@${config.host}:${config.ports.database}/cordon`,
    };
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'EACCES') {
      throw new UsageError(
        'no installation is found here: run this in the checkout whose `npm start` is running, as the same user, or set DATABASE_URL or CORDON_HOME',
      );
    }
    throw error;
  }
}
