import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import next from 'next';
import { startExporter } from '@/lib/audit-export';
import { startStreamer } from '@/lib/audit-stream';
import { closeWatch, startMailer } from '@/lib/notices';
import { ConfigError, createLog } from '@/lib/platform';
import { createAddressStamp } from './client-address';
import { ambiguity, refuse, secure } from './first-look';
import { createTerminalProxy } from './terminal-proxy';

/**
 * The console as a process: Next behind one small HTTP server of our own, because Next passes on an X-Forwarded-For that a client
 * wrote (client-address.ts). Environment: README, "Many machines".
 */
const host = process.env.CORDON_CONSOLE_HOST ?? '127.0.0.1';
const port = Number(process.env.PORT ?? 3000);
const addressHeader = process.env.CORDON_ADDRESS_HEADER ?? 'x-forwarded-for';
const stamp = createAddressStamp({
  proxies: (process.env.CORDON_CONSOLE_PROXIES ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter(Boolean),
  header: addressHeader,
});

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

/** A setting that cannot be used is said before the first request. */
function startOrExit<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    log(error.message);
    return process.exit(2);
  }
}
const mailer = startOrExit(() => startMailer(process.env.CORDON_MAILER_DATABASE_URL, createLog('console')));
const exporter = startOrExit(() => startExporter(createLog('console')));
const streamer = startOrExit(() => startStreamer(createLog('console')));

const app = next({ dev: false, dir: process.cwd(), hostname: host, port });
await app.prepare();
const handle = app.getRequestHandler();

const LIMITS = { requestTimeout: 60_000, headersTimeout: 15_000, maxHeaderSize: 16 * 1024 };
const answer: RequestListener = (request, response) => {
  secure(response, request, process.env.CORDON_CONSOLE_ORIGIN ?? '');
  const code = ambiguity(request);
  if (code) return refuse(response, code);
  stamp(request);
  void handle(request, response);
};
const terminal = createTerminalProxy({
  socket: process.env.CORDON_GATEWAY_SOCKET ?? null,
  staffOrigin: process.env.CORDON_STAFF_ORIGIN ?? 'http://staff.localhost',
  stamp,
  header: addressHeader,
});
const server =
  cert && key
    ? createTlsServer({ ...LIMITS, cert: readFileSync(cert), key: readFileSync(key), minVersion: 'TLSv1.2' }, answer)
    : createServer(LIMITS, answer);
server.on('upgrade', terminal.upgrade);
server.once('error', (error: NodeJS.ErrnoException) => {
  log(error.code === 'EADDRINUSE' ? `PORT ${port} is taken` : 'cannot listen', { code: error.code });
  process.exit(1);
});
server.listen(port, host, () => log('ready', { host, port }));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    // A mail server that does not answer does not hold up the end, nor does a long export or a slow receiver: each is begun again.
    const workers = [mailer.stop(), exporter.stop(), streamer.stop(), closeWatch()];
    const ended = Promise.race([Promise.allSettled(workers), sleep(1_000)]);
    server.close(() => void ended.then(() => process.exit(0)));
    server.closeAllConnections();
    terminal.stop();
  });
}
