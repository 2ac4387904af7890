import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type Log, messageOf } from '../log';
import type { Via } from '../signalling/context';
import { type Handler, HTTP_LIMITS } from '../signalling/http';
import type { Sockets } from '../signalling/websocket';
import { readRelayHeaders } from './headers';
import { type EdgeIdentity, type EdgePeer, edgePeerOf } from './identity';

/**
 * The listener other edges dial: TLS 1.3, client certificates of the edge CA only, and only of edges the signed `edges`
 * resource names in the region their certificate names. It opens once this edge has its certificate and takes over
 * renewed ones without dropping connections.
 */
export interface RelayListenerOptions {
  host: string;
  port: number;
  identity: () => EdgeIdentity | null;
  knows: (peer: EdgePeer) => boolean;
  handler: Handler;
  sockets: Sockets;
  log: Log;
}

const CHECK_MILLISECONDS = 1000;

export class RelayListener {
  readonly #options: RelayListenerOptions;
  readonly #timer: NodeJS.Timeout;
  #server: Server | null = null;
  #cert = '';

  constructor(options: RelayListenerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#follow(), CHECK_MILLISECONDS).unref();
    this.#follow();
  }

  /** The bound port; null while there is no certificate. */
  get port(): number | null {
    return (this.#server?.address() as AddressInfo | null)?.port ?? null;
  }

  /** Resolves when the listener is open. @throws when the port cannot be bound. */
  async opened(): Promise<void> {
    const server = this.#server;
    if (!server || server.listening) return;
    await new Promise<void>((resolve, reject) => {
      server.once('listening', resolve);
      server.once('error', reject);
    });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  #follow(): void {
    const identity = this.#options.identity();
    if (!identity || identity.cert === this.#cert) return;
    this.#cert = identity.cert;
    const options = { ...identity, minVersion: 'TLSv1.3' as const };
    if (this.#server) this.#server.setSecureContext(options);
    else this.#server = this.#open(options);
  }

  #open(identity: EdgeIdentity & { minVersion: 'TLSv1.3' }): Server {
    const { host, port, handler, sockets, log } = this.#options;
    const server = createServer({ ...identity, ...HTTP_LIMITS, requestCert: true, rejectUnauthorized: true });
    server.on('request', (request, response) => {
      const via = this.#via(request.socket as TLSSocket, request.headers);
      if (via) handler(request, response, via);
      else response.writeHead(403, { Connection: 'close' }).end();
    });
    server.on('upgrade', (request, socket: Duplex, head) => {
      const via = this.#via(request.socket as TLSSocket, request.headers);
      if (via) sockets.upgrade(request, socket, head, via);
      else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
    server.on('tlsClientError', (error) => log('warn', 'relay handshake refused', { error: messageOf(error) }));
    server.on('error', (error) => log('error', 'relay listener failed', { error: messageOf(error) }));
    server.listen(port, host);
    return server;
  }

  #via(socket: TLSSocket, headers: Parameters<typeof readRelayHeaders>[0]): Via | null {
    const from = edgePeerOf(socket.getPeerCertificate());
    const relayed = readRelayHeaders(headers);
    if (!from || !relayed || !this.#options.knows(from)) {
      this.#options.log('warn', 'relay refused', { from: from?.name ?? null, headers: relayed !== null });
      return null;
    }
    return { address: relayed.clientAddress, traceId: relayed.traceId, relayed: { ...relayed, from } };
  }
}
