import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

export interface SystemUser {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. As root we hand it to `postgres` where that user exists, else to `nobody`; both have a
 * passwd entry, without which initdb fails. Undefined when we are not root and need not change.
 */
export function droppedUser(passwd: string = readFileSync('/etc/passwd', 'utf8')): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = passwd.split('\n').map((line) => line.split(':'));
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!found)
    throw new Error('Running as root, and there is neither a user "postgres" nor "nobody" to run the database as.');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Whether the user can execute (or enter) a path, asked by being that user: mode bits alone miss access lists and mounts. */
export function canReach(path: string, user: SystemUser | undefined): boolean {
  if (!user) {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  }
  const directory = statSync(path).isDirectory() ? path : dirname(path);
  return (
    spawnSync('/bin/sh', ['-c', 'cd "$1" && [ -x "$2" ]', 'sh', directory, path], { ...user, stdio: 'ignore' })
      .status === 0
  );
}
