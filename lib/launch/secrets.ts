import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** What the processes on this machine prove themselves with to one another. Made once, kept 0600 in the home directory. */
export interface Secrets {
  /** Passwords of the database roles. */
  database: Record<
    'owner' | 'console' | 'control' | 'mailer' | 'sequencer' | 'exporter' | 'streamer' | 'checker',
    string
  >;
  /** Bearer tokens of the keyring's clients. */
  keyring: { console: string; control: string; installer: string; gateway: string };
  /** Encrypts the console's cookies. */
  console: string;
}

export function loadSecrets(home: string): Secrets {
  const path = join(home, 'secrets.json');
  const secret = () => randomBytes(32).toString('base64url');
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Secrets;
    // Homes made before there was a mailer, a sequencer, an exporter, a streamer or a checker have no password for it yet.
    const later = ['mailer', 'sequencer', 'exporter', 'streamer', 'checker'] as const;
    const missing = later.filter((role) => !kept.database[role]);
    for (const role of missing) kept.database[role] = secret();
    // Nor, before there was access to production, its gateway a token.
    const withoutGateway = !kept.keyring.gateway;
    kept.keyring.gateway ||= secret();
    if (missing.length > 0 || withoutGateway) writeDurably(path, JSON.stringify(kept, null, 2));
    return kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secrets: Secrets = {
    database: {
      owner: secret(),
      console: secret(),
      control: secret(),
      mailer: secret(),
      sequencer: secret(),
      exporter: secret(),
      streamer: secret(),
      checker: secret(),
    },
    keyring: { console: secret(), control: secret(), installer: secret(), gateway: secret() },
    console: secret(),
  };
  writeDurably(path, JSON.stringify(secrets, null, 2));
  return secrets;
}

/** The keyring learns only hashes of its clients' tokens. */
export function keyringClients(secrets: Secrets): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets.keyring).map(([client, token]) => [
      client,
      createHash('sha256').update(token).digest('hex'),
    ]),
  );
}

/** Either the whole file or none of it survives a crash. */
export function writeDurably(path: string, text: string, mode = 0o600): void {
  mkdirSync(join(path, '..'), { recursive: true });
  const file = openSync(`${path}.new`, 'w', mode);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
}
