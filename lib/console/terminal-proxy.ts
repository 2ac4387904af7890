import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** What a WebSocket needs (RFC 6455, 4.1). Nothing else goes to the gateway, cookies least of all. */
const PASSED = ['sec-websocket-key', 'sec-websocket-version', 'sec-websocket-protocol', 'sec-websocket-extensions'];
const CONNECT_MILLISECONDS = 5_000;
export const TERMINAL_PATH = '/staff/terminal';

export interface TerminalProxyOptions {
  /** Unix socket of the gateway; null where there is none. */
  socket: string | null;
  staffOrigin: string;
  /** Writes the client's address into the header named so (client-address.ts). */
  stamp(request: IncomingMessage): void;
  header: string;
}

/**
 * Passes upgrades of `/staff/terminal` on to the gateway, and refuses all others. A browser tells the origin of the page that asks; a page of
 * another origin, the customers' console among them, gets nothing. Who may open a session, the ticket in the first message says.
 */
export function createTerminalProxy(options: TerminalProxyOptions) {
  const { host } = new URL(options.staffOrigin);
  const open = new Set<Duplex>();
  return {
    upgrade,
    /** A server that closes waits for these as well. */
    stop() {
      for (const socket of open) socket.destroy();
    },
  };

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    const refusal = refusalOf(request);
    if (refusal !== null || options.socket === null) {
      end(socket, refusal ?? 503);
      return;
    }
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    options.stamp(request);
    const gateway = connect(options.socket);
    const late = setTimeout(() => gateway.destroy(new Error('late')), CONNECT_MILLISECONDS);
    gateway.once('connect', () => {
      clearTimeout(late);
      gateway.write(headOf(request));
      if (head.length > 0) gateway.write(head);
      // Pipes hold each side back while the other is slow.
      socket.pipe(gateway).pipe(socket);
    });
    let answered = false;
    gateway.once('data', () => {
      answered = true;
    });
    gateway.on('error', () => (answered ? socket.destroy() : end(socket, 503)));
    gateway.once('close', () => socket.destroy());
    socket.once('close', () => gateway.destroy());
  }

  function refusalOf({ method, url, headers }: IncomingMessage): number | null {
    if (method !== 'GET' || url !== TERMINAL_PATH || headers.upgrade?.toLowerCase() !== 'websocket') return 404;
    // The same answer on the customers' origin as for what does not exist there.
    if (headers.host !== host) return 404;
    return headers.origin === options.staffOrigin ? null : 403;
  }

  function headOf({ headers }: IncomingMessage): string {
    const lines = PASSED.flatMap((name) => (typeof headers[name] === 'string' ? [`${name}: ${headers[name]}`] : []));
    const address = String(headers[options.header] ?? '');
    return [
      `GET ${TERMINAL_PATH} HTTP/1.1`,
      'host: gateway',
      'upgrade: websocket',
      'connection: Upgrade',
      `x-forwarded-for: ${address}`,
      ...lines,
      '\r\n',
    ].join('\r\n');
  }
}

const REASONS: Record<number, string> = { 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' };

function end(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${REASONS[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
