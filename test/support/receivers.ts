import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  createServer as createPlain,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTls, type TLSSocket } from 'node:tls';
import { parseMessage, type SyslogMessage, splitFrames } from './syslog';

/** Receivers of streams, as their owners would write them: from the specifications, and from nothing of the sender's. */

export interface Received {
  headers: IncomingHttpHeaders;
  path: string;
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the body holds; tests say what they expect.
  json: any;
}
/** What to do with a request; by default 204. */
export type Behaviour = (request: Received, response: ServerResponse, raw: IncomingMessage) => void;

export interface HttpReceiver {
  url: string;
  port: number;
  received: Received[];
  behave: Behaviour | null;
  stop(): Promise<void>;
}

interface Certificate {
  key: string;
  cert: string;
}

/** Every request that came in full is kept, whatever it is answered. */
export async function httpReceiver(tls: Certificate | null = null): Promise<HttpReceiver> {
  const receiver = { received: [] as Received[], behave: null as Behaviour | null };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const got = { headers: request.headers, path: request.url ?? '', body, json: JSON.parse(body) };
      receiver.received.push(got);
      if (receiver.behave) receiver.behave(got, response, request);
      else response.writeHead(204).end();
    });
  };
  const server = tls ? createSecure(tls, answer) : createPlain(answer);
  const { port, stop } = await listening(server);
  return Object.assign(receiver, { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/in`, port, stop });
}

export const status =
  (code: number, headers: Record<string, string> = {}): Behaviour =>
  (_, response) =>
    response.writeHead(code, headers).end();

/** Tolerance of Standard Webhooks 1.0's own libraries. */
const TOLERANCE_SECONDS = 300;

/** Verifies as section "Verifying signatures" of Standard Webhooks 1.0 asks. Answers the body, or throws. */
export function verifyWebhook(
  secret: string,
  { headers, body }: Pick<Received, 'headers' | 'body'>,
  now = Date.now(),
): unknown {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => {
    const value = headers[name];
    if (typeof value !== 'string') throw new Error(`${name} is missing`);
    return value;
  }) as [string, string, string];
  if (!/^\d+$/.test(timestamp) || Math.abs(now / 1000 - Number(timestamp)) > TOLERANCE_SECONDS)
    throw new Error('too old or too new');
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  const fits = signatures.split(' ').some((signature) => {
    const [version, value = ''] = signature.split(',');
    const given = Buffer.from(value, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!fits) throw new Error('no signature fits');
  return JSON.parse(body);
}

export interface SyslogReceiver {
  port: number;
  messages: SyslogMessage[];
  /** Called with every new connection and with its bytes so far; may destroy it. */
  behave: ((socket: TLSSocket, bytes: number) => unknown) | null;
  stop(): Promise<void>;
}

export async function syslogReceiver(tls: Certificate): Promise<SyslogReceiver> {
  const receiver = { messages: [] as SyslogMessage[], behave: null as SyslogReceiver['behave'] };
  const server = createTls({ ...tls, minVersion: 'TLSv1.2' }, (socket) => {
    let rest: Buffer = Buffer.alloc(0);
    let bytes = 0;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      const split = splitFrames(Buffer.concat([rest, chunk]));
      rest = split.rest;
      receiver.messages.push(...split.frames.map(parseMessage));
      receiver.behave?.(socket, bytes);
    });
    receiver.behave?.(socket, 0);
  });
  const { port, stop } = await listening(server);
  return Object.assign(receiver, { port, stop });
}

async function listening(server: Server): Promise<{ port: number; stop(): Promise<void> }> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  // A sender that does not like our certificate is no failure of ours.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
