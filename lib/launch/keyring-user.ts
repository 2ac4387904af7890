import { spawnSync } from 'node:child_process';
import { chownSync, copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A user nobody else uses; needs no entry in /etc/passwd. */
const KEYRING = { uid: 64_801, gid: 64_801 };

/**
 * Root gives the keyring an operating-system user of its own: no other process of Cordon can then read its keys or its memory
 * without being root. The bundle is copied to where that user can read it. Null when we are not root, or when that user
 * cannot run this Node (it lies below a private directory); the launcher says so.
 */
export function keyringUser(
  home: string,
  bundle: string,
): { owner: typeof KEYRING | null; bundle: string; why: string | null } {
  if (process.getuid?.() !== 0) return { owner: null, bundle, why: null };
  const copy = join(home, 'bin', 'keyring.mjs');
  mkdirSync(dirname(copy), { recursive: true });
  copyFileSync(bundle, copy);
  const runs = spawnSync(process.execPath, ['--check', copy], {
    ...KEYRING,
    cwd: '/',
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
  });
  if (runs.status !== 0)
    return { owner: null, bundle, why: `the user ${KEYRING.uid} cannot run ${process.execPath} on ${copy}` };
  return { owner: KEYRING, bundle: copy, why: null };
}

/** Directories the keyring writes to, owned by its user. */
export function prepareKeyring(directories: string[], owner: typeof KEYRING | null): void {
  for (const directory of directories) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (owner) chownSync(directory, owner.uid, owner.gid);
  }
}
