import { chmodSync } from 'node:fs';
import { mkdir, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';

/** `sun_path` on Linux has 108 bytes, the last one zero. Longer paths are cut silently by the system. */
const PATH_LIMIT_BYTES = 107;

/**
 * Listens on a unix socket, mode 0660. A socket file nobody answers on was left by a killed process and is removed; one that
 * answers belongs to a living keyring, and two keyrings over the same keys would sign past each other.
 */
export async function listen(server: Server, path: string): Promise<void> {
  if (Buffer.byteLength(path) > PATH_LIMIT_BYTES)
    throw new Error(`keyring: CORDON_KEYRING_SOCKET is longer than ${PATH_LIMIT_BYTES} bytes: ${path}`);
  await mkdir(dirname(path), { recursive: true, mode: 0o750 });
  try {
    await bind(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (await answers(path)) throw new Error(`keyring: another keyring is serving ${path}`);
    await unlink(path);
    await bind(server, path);
  }
}

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const mask = process.umask(0o117);
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      chmodSync(path, 0o660);
      resolve();
    });
    process.umask(mask);
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
