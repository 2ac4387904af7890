import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { MAX_ADD_CHECKPOINT_BYTES } from '@/lib/kernel/log';
import { type Clock, type Log, systemClock } from '@/lib/platform';
import { readWitnessKey } from './key';
import { lockFolder } from './lock';
import { watchedLogs } from './logs';
import { RateLimit } from './rate';
import { openStore } from './store';
import { Witness } from './witness';

export interface WitnessOptions {
  /** With the key that `createWitnessKey` made. */
  directory: string;
  /** Of the logs to witness. */
  vkeys: readonly string[];
  /** 0 takes any that is free. */
  port: number;
  host?: string;
  /** PEM. Without it plain HTTP is spoken: a cosignature needs no secrecy, and a proxy may end TLS. */
  tls?: { cert: string; key: string };
  log: Pick<Log, 'info' | 'warn' | 'error'>;
  clock?: Clock;
}

export interface RunningWitness {
  readonly vkey: string;
  readonly port: number;
  stop(): Promise<void>;
}

const SUBMIT = '/add-checkpoint';
const MONITOR = /^\/([0-9a-f]{64})\/checkpoint$/;
const TIMEOUT_MILLISECONDS = 5_000;
const MAX_HEADER_BYTES = 8_192;
const MAX_CONNECTIONS = 256;

/** Serves until it is stopped. Throws `WitnessError` when key, folder or vkeys are not in order. */
export async function startWitness(options: WitnessOptions): Promise<RunningWitness> {
  const { directory, log, clock = systemClock, host = '127.0.0.1' } = options;
  const key = await readWitnessKey(directory);
  const logs = watchedLogs(options.vkeys);
  const lock = await lockFolder(directory);
  const witness = new Witness(key, logs, await openStore(directory), clock);
  const rate = new RateLimit();
  const listener: RequestListener = (request, response) => {
    answer(witness, rate, request, response).catch((error: unknown) => {
      // Whoever asked has gone, perhaps in the middle of the body.
      if (response.destroyed) return;
      log.error('witness.failed', { error });
      reply(response, 500, 'the witness cannot answer');
    });
  };
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: TIMEOUT_MILLISECONDS,
    requestTimeout: TIMEOUT_MILLISECONDS,
    keepAliveTimeout: 60_000,
    connectionsCheckingInterval: 1_000,
  };
  const server = options.tls
    ? createTlsServer({ ...limits, ...options.tls }, listener)
    : createServer(limits, listener);
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  }).catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  log.info('witness.ready', { port, host, name: key.key.name });
  return {
    vkey: key.vkey,
    port,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await closed;
      await lock.release();
    },
  };
}

async function answer(witness: Witness, rate: RateLimit, request: IncomingMessage, response: ServerResponse) {
  // Monotonic, so that a clock that is set does not empty or fill buckets.
  if (!rate.take(request.socket.remoteAddress ?? '', performance.now())) {
    response.setHeader('retry-after', '1');
    return reply(response, 429, 'too many requests');
  }
  const path = request.url ?? '';
  const monitored = MONITOR.exec(path)?.[1];
  if (monitored && (request.method === 'GET' || request.method === 'HEAD')) {
    const note = await witness.newest(monitored);
    return note === null ? reply(response, 404, 'no checkpoint of this log') : send(response, 200, note);
  }
  if (path !== SUBMIT) return reply(response, 404, 'not found');
  if (request.method !== 'POST') return reply(response, 405, 'a checkpoint is posted');
  const body = await bodyOf(request);
  if (!body) return reply(response, 413, 'too long');
  const said = await witness.add(body);
  if (said.status === 200) return send(response, 200, said.lines);
  if (said.status === 409) return send(response, 409, `${said.size}\n`, 'text/x.tlog.size');
  reply(response, said.status, said.why);
}

/** Null when it is longer than any request can be; the rest is then not read. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | null> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_ADD_CHECKPOINT_BYTES) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > MAX_ADD_CHECKPOINT_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

const reply = (response: ServerResponse, status: number, why: string): void => {
  // What was not read of a refused body must not be taken for the next request.
  if (status === 413) response.setHeader('connection', 'close');
  send(response, status, `${why}\n`);
};

function send(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' });
  response.end(body);
}
