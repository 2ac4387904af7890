import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Receiver } from '../address';
import { Unsent } from './answer';
import { isLoopback, type NetworkRules, reachable } from './network';

/** For one address; a name can have several, of which some do not answer. */
const CONNECT_MS = 5_000;

/**
 * A connection to the receiver, checked: its address may be reached, and with TLS the certificate is good for its name. The address that was
 * checked is the one that is connected to. Without TLS it opens to loopback only, where the provider allows that. Throws `Unsent` and errors of the socket.
 */
export async function openSocket(
  receiver: Receiver,
  rules: NetworkRules,
  within: AbortSignal,
  protocol: string | null,
): Promise<Socket> {
  const addresses = await before(reachable(receiver.host, receiver.port, rules), within);
  if (!receiver.tls && !addresses.every(isLoopback)) throw new Unsent('address');
  let last: unknown;
  for (const address of addresses) {
    try {
      return await open(address, receiver, within, protocol);
    } catch (error) {
      last = error;
      if (within.aborted) break;
    }
  }
  throw last;
}

function open(address: string, { tls, host, port, ca }: Receiver, within: AbortSignal, protocol: string | null) {
  const socket = tls
    ? connectTls({
        host: address,
        port,
        // The certificate is checked for this name, or, for an address, for the address itself.
        servername: isIP(host) ? '' : host,
        minVersion: 'TLSv1.2',
        rejectUnauthorized: true,
        ...(ca === null ? {} : { ca }),
        ...(protocol === null ? {} : { ALPNProtocols: [protocol] }),
      })
    : connectPlain({ host: address, port });
  return new Promise<Socket>((resolve, reject) => {
    const abort = () => socket.destroy(new Unsent('timeout'));
    const timer = setTimeout(abort, CONNECT_MS);
    within.addEventListener('abort', abort);
    const settled = () => {
      clearTimeout(timer);
      within.removeEventListener('abort', abort);
    };
    socket.once('error', reject);
    socket.once('close', () => {
      settled();
      reject(new Unsent('connection_reset'));
    });
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      settled();
      socket.off('error', reject);
      // What goes wrong from now on is noticed by whoever uses it; without a listener it would end the process.
      socket.on('error', () => undefined);
      resolve(socket);
    });
    if (within.aborted) abort();
  });
}

/** A look-up cannot be stopped, only no longer waited for. */
function before<T>(work: Promise<T>, within: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Unsent('timeout'));
    if (within.aborted) abort();
    within.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => within.removeEventListener('abort', abort));
  });
}
