import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Owner {
  uid: number;
  gid: number;
}

/** Users nobody else uses; they need no entry in /etc/passwd. The gateway is of the keyring's group, which may enter its socket and nothing else. */
const OWNERS = { keyring: { uid: 64_801, gid: 64_801 }, gateway: { uid: 64_802, gid: 64_801 } };

/**
 * Root gives keyring and gateway operating-system users of their own: no other process of Cordon can then read their keys or their memory
 * without being root. The bundle is copied to where that user can read it. Null when we are not root, or when that user
 * cannot run this Node (it lies below a private directory); the launcher says so.
 */
export function ownUser(
  name: keyof typeof OWNERS,
  home: string,
  bundle: string,
): { owner: Owner | null; bundle: string; why: string | null } {
  if (process.getuid?.() !== 0) return { owner: null, bundle, why: null };
  const owner = OWNERS[name];
  const copy = join(home, 'bin', `${name}.mjs`);
  mkdirSync(dirname(copy), { recursive: true });
  copyFileSync(bundle, copy);
  const runs = spawnSync(process.execPath, ['--check', copy], {
    ...owner,
    cwd: '/',
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
  });
  if (runs.status !== 0)
    return { owner: null, bundle, why: `the user ${owner.uid} cannot run ${process.execPath} on ${copy}` };
  return { owner, bundle: copy, why: null };
}

/** Directories that process writes to, owned by its user. `mode` lets its group in, or not. */
export function giveDirectories(directories: string[], owner: Owner | null, mode = 0o700): void {
  for (const directory of directories) {
    mkdirSync(directory, { recursive: true, mode });
    chmodSync(directory, mode);
    if (owner) chownSync(directory, owner.uid, owner.gid);
  }
}
