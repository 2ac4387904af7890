import { isAbsolute } from 'node:path';
import { type Origins, readOrigins } from './origins';

export interface KeyringConfig {
  /** Directory of the keys, 0700. */
  home: string;
  socket: string;
  /** JSON file `{client: hex SHA-256 of its token}`. */
  clients: string;
  origins: Origins;
}

/** Reads the environment once. Throws an error that names the variable. */
export function readConfig(environment: NodeJS.ProcessEnv): KeyringConfig {
  const path = (name: string): string => {
    const value = environment[name];
    if (!value || !isAbsolute(value)) throw new Error(`keyring: ${name} must be an absolute path`);
    return value;
  };
  return {
    home: path('CORDON_KEYRING_HOME'),
    socket: path('CORDON_KEYRING_SOCKET'),
    clients: path('CORDON_KEYRING_CLIENTS'),
    origins: readOrigins(environment),
  };
}
