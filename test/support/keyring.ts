import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clients } from '@/lib/keyring/clients';
import type { Context } from '@/lib/keyring/context';
import { closeContext, openContext } from '@/lib/keyring/open';
import { createKeyringServer } from '@/lib/keyring/server';
import { listen } from '@/lib/keyring/socket';

let lent: Context | null = null;

/** As `audit.erase` does: destroys every key of a subject (`<log>/<person>`) in the lent keyring. */
export function destroyKeysOf(subject: string): Promise<string[]> {
  if (!lent) throw new Error('no keyring was lent to this process');
  return lent.subjects.destroy(subject);
}

/**
 * A keyring for this test process unless it has one: whoever writes to the audit log needs keys for what is personal. Gives the
 * function that stops it. A test that starts a keyring of its own afterwards names that one in the environment.
 */
export async function lendKeyring(): Promise<() => Promise<void>> {
  if (process.env.CORDON_KEYRING_SOCKET) return async () => undefined;
  const home = mkdtempSync(join(tmpdir(), 'cordon-lent-'));
  const origins = { customer: 'http://localhost:3000', staff: 'http://staff.localhost:3000' };
  const context = await openContext(join(home, 'keys'), Date.now, origins);
  lent = context;
  const token = randomBytes(32).toString('hex');
  const hash = createHash('sha256').update(token).digest('hex');
  const server = createKeyringServer(context, new Clients({ console: hash }), () => undefined);
  const socket = join(home, 'k.sock');
  await listen(server, socket);
  Object.assign(process.env, { CORDON_KEYRING_SOCKET: socket, CORDON_KEYRING_TOKEN: token });
  return async () => {
    lent = null;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await closeContext(context);
    rmSync(home, { recursive: true, force: true });
  };
}
