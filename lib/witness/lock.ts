import { unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { WitnessError } from './errors';

/**
 * Two processes on one folder could cosign two histories. The one that runs listens on a socket in it; a socket nobody answers on was left by a
 * kill. Throws `WitnessError` while another runs. This holds on one machine only: a folder must not be shared between machines.
 */
export async function lockFolder(directory: string): Promise<{ release(): Promise<void> }> {
  const path = join(directory, 'running');
  let server = await listen(path);
  if (!server && !(await answers(path))) {
    await unlink(path).catch(() => undefined);
    server = await listen(path);
  }
  if (!server) throw new WitnessError(`another witness is running on ${directory}`);
  const held = server;
  return { release: () => new Promise((resolve) => held.close(() => resolve())) };
}

function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(path, () => resolve(server.unref()));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
