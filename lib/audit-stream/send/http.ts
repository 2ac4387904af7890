import { type IncomingMessage, request } from 'node:http';
import { hostOf, type Receiver } from '../address';
import { type Answer, answerOf, Unsent } from './answer';
import { openSocket } from './connect';
import type { NetworkRules } from './network';

const HEAD_LIMIT_BYTES = 16 * 1024;

/**
 * One POST. Of the answer the status line and Retry-After are read, and nothing else: the connection is cut at the end of the head, so no body
 * can be long, slow or interesting. Redirects are not followed. Never throws.
 */
export const post = (
  receiver: Receiver,
  headers: Readonly<Record<string, string>>,
  body: string,
  rules: NetworkRules,
  stop: AbortSignal,
): Promise<Answer> =>
  answerOf(
    async (signal) => {
      const socket = await openSocket(receiver, rules, signal, 'http/1.1');
      try {
        return await exchange(socket, receiver, headers, Buffer.from(body), signal);
      } finally {
        socket.destroy();
      }
    },
    rules.timeoutMs,
    stop,
  );

function exchange(
  socket: Awaited<ReturnType<typeof openSocket>>,
  receiver: Receiver,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      createConnection: () => socket,
      method: 'POST',
      path: receiver.path,
      maxHeaderSize: HEAD_LIMIT_BYTES,
      signal,
      setHost: false,
      headers: {
        ...headers,
        host: hostHeader(receiver),
        'content-type': 'application/json',
        'content-length': body.length,
        'user-agent': 'Cordon-audit-stream/1',
        connection: 'close',
      },
    });
    outgoing.once('error', reject);
    outgoing.once('close', () => reject(new Unsent('connection_reset')));
    outgoing.once('response', (response) => {
      // An answer before all of the request was taken is one all the same.
      resolve(toAnswer(response));
      response.destroy();
    });
    outgoing.end(body);
  });
}

/** Without the port where it is the scheme's own, as browsers write it. */
const hostHeader = (receiver: Receiver): string => hostOf(receiver).replace(receiver.tls ? /:443$/ : /:80$/, '');

function toAnswer({ statusCode = 0, headers }: IncomingMessage): Answer {
  const kind = Math.floor(statusCode / 100);
  return {
    code: kind === 2 ? 'delivered' : kind === 3 ? 'redirect' : 'answer',
    status: statusCode,
    retryAfterSeconds: retryAfter(headers['retry-after'], Date.now()),
  };
}

/** Seconds, or a date (RFC 9110, 10.2.3); null when it is neither. */
export function retryAfter(value: string | undefined, nowMilliseconds: number): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const at = /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - nowMilliseconds) / 1000));
}
