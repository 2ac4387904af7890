import type { IncomingMessage } from 'node:http';

/**
 * The header in which the rest of the console reads where a request comes from. Whatever a client wrote there is replaced by the address of its
 * connection, unless the connection comes from a declared proxy, which then must have overwritten the header itself. The header that the
 * console reads is not always X-Forwarded-For, and both are replaced: the other one ends up in logs.
 */
export function createAddressStamp({ proxies, header }: { proxies: readonly string[]; header: string }) {
  const trusted = new Set(proxies);
  return function stamp(request: Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string } }): void {
    const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    if (trusted.has(peer)) return;
    request.headers['x-forwarded-for'] = peer;
    request.headers[header] = peer;
  };
}
