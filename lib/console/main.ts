import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIP } from 'node:net';
import next from 'next';

/**
 * The console as a process: Next behind one small HTTP server of our own, because Next passes on an X-Forwarded-For that a client
 * wrote. Here the header always says what the TCP connection says, unless the connection comes from a declared proxy, which
 * then must overwrite it itself. Environment: README, "Many machines".
 */
const host = process.env.CORDON_CONSOLE_HOST ?? '127.0.0.1';
const port = Number(process.env.PORT ?? 3000);
const proxies = new Set(
  (process.env.CORDON_CONSOLE_PROXIES ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter(Boolean),
);

const log = (msg: string, fields: Record<string, unknown> = {}) =>
  console.log(JSON.stringify({ at: new Date().toISOString(), process: 'console', msg, ...fields }));

if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  log('PORT must be a port from 1 to 65535');
  process.exit(2);
}

const { CORDON_CONSOLE_TLS_CERT: cert, CORDON_CONSOLE_TLS_KEY: key } = process.env;
const loopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
if (!loopback && !(cert && key)) {
  log(
    'CORDON_CONSOLE_TLS_CERT and CORDON_CONSOLE_TLS_KEY are required when CORDON_CONSOLE_HOST is not loopback: plain HTTP is served there only',
  );
  process.exit(2);
}

const app = next({ dev: false, dir: process.cwd(), hostname: host, port });
await app.prepare();
const handle = app.getRequestHandler();

const LIMITS = { requestTimeout: 60_000, headersTimeout: 15_000, maxHeaderSize: 16 * 1024 };
const answer: RequestListener = (request, response) => {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  if (!proxies.has(peer)) request.headers['x-forwarded-for'] = peer;
  void handle(request, response);
};
const server =
  cert && key
    ? createTlsServer({ ...LIMITS, cert: readFileSync(cert), key: readFileSync(key), minVersion: 'TLSv1.2' }, answer)
    : createServer(LIMITS, answer);
server.once('error', (error: NodeJS.ErrnoException) => {
  log(error.code === 'EADDRINUSE' ? `PORT ${port} is taken` : 'cannot listen', { code: error.code });
  process.exit(1);
});
server.listen(port, host, () => log('ready', { host, port }));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
