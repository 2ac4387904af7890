import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { DENY_CODES } from '@/lib/kernel/decision/codes';
import { limitPrefix } from '../admission/address';
import { type Log, messageOf } from '../log';
import type { EdgeContext, Via } from './context';
import { Conversation } from './conversation';
import { CLOSE, MAX_FRAME_BYTES } from './protocol';

/**
 * `WS /v1/connect`: the edge's own signalling for the browser SDK. The token comes in the first message, never in the URL.
 * This file guards the socket (how many, how big, how fast, how silent); `conversation.ts` understands it.
 */
const FIRST_MESSAGE_MILLISECONDS = 5_000;
const PING_MILLISECONDS = 15_000;
/** Sockets of one address that have not joined yet. */
const MAX_STRANGERS = 64;
/** Messages: 20 per second, 60 at once. */
const MESSAGES = { perSecond: 20, burst: 60 } as const;
/** For the closing handshake when the edge stops. */
const GOODBYE_MILLISECONDS = 300;
/** A client that does not read what it is sent is cut off. */
const MAX_BUFFERED_BYTES = 1_048_576;

export class Sockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
  });
  readonly #strangers = new Map<string, number>();
  readonly #context: EdgeContext;
  readonly #log: Log;
  readonly #pings: NodeJS.Timeout;
  readonly #alive = new WeakSet<WebSocket>();

  constructor(context: EdgeContext, log: Log) {
    this.#context = context;
    this.#log = log;
    this.#pings = setInterval(() => this.#ping(), PING_MILLISECONDS).unref();
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, via: Via): void {
    const prefix = limitPrefix(via.address);
    const [pathname] = (request.url ?? '/').split('?', 1);
    socket.on('error', () => socket.destroy());
    const limited = this.#context.admission.limited('', via.address, this.#context.clock());
    if (pathname !== '/v1/connect') turnAway(socket, 404, 'Not Found');
    else if (limited || (this.#strangers.get(prefix) ?? 0) >= MAX_STRANGERS) {
      turnAway(socket, DENY_CODES['rate.limited'].status, 'Too Many Requests');
    } else this.#server.handleUpgrade(request, socket, head, (client) => this.#accept(client, via, prefix));
  }

  /** Closes what is left after the sessions were ended, leaving the last words a moment to be heard. */
  async stop(): Promise<void> {
    clearInterval(this.#pings);
    const open = [...this.#server.clients];
    const closed = open.map((client) => new Promise<void>((resolve) => client.once('close', () => resolve())));
    for (const client of open) client.close(CLOSE.restart, 'edge.stopping');
    const late = setTimeout(() => {
      for (const client of open) client.terminate();
    }, GOODBYE_MILLISECONDS);
    await Promise.all(closed);
    clearTimeout(late);
    this.#server.close();
  }

  #accept(client: WebSocket, via: Via, prefix: string): void {
    this.#alive.add(client);
    this.#strangers.set(prefix, (this.#strangers.get(prefix) ?? 0) + 1);
    let stranger = true;
    const known = (): void => {
      if (!stranger) return;
      stranger = false;
      clearTimeout(deadline);
      const left = (this.#strangers.get(prefix) ?? 1) - 1;
      if (left > 0) this.#strangers.set(prefix, left);
      else this.#strangers.delete(prefix);
    };
    const deadline = setTimeout(
      () => client.close(CLOSE.protocol, 'the first message did not come in time'),
      FIRST_MESSAGE_MILLISECONDS,
    );
    const conversation = new Conversation(this.#context, via, {
      send: (text) => {
        if (client.readyState !== client.OPEN) return;
        client.send(text);
        if (client.bufferedAmount > MAX_BUFFERED_BYTES) client.terminate();
      },
      close: (code, reason) => client.close(code, reason),
      buffered: () => client.bufferedAmount,
      log: this.#log,
    });
    const bucket = messageBucket();
    client.on('message', (data: RawData, binary: boolean) => {
      if (binary) return client.close(CLOSE.protocol, 'frames are JSON texts');
      if (!bucket(performance.now())) return client.close(CLOSE.slow, 'too many messages');
      known();
      conversation.receive(data.toString()).catch((error: unknown) => {
        this.#log('error', 'socket message failed', { traceId: via.traceId, error: messageOf(error) });
        client.close(1011, 'the edge failed to answer');
      });
    });
    client.on('pong', () => this.#alive.add(client));
    client.on('error', () => client.terminate());
    client.on('close', () => {
      known();
      void conversation.closed();
    });
  }

  #ping(): void {
    for (const client of this.#server.clients) {
      if (!this.#alive.delete(client)) client.terminate();
      else client.ping();
    }
  }
}

/** A token bucket for one socket; `now` in milliseconds of a monotonic clock. */
export function messageBucket(): (now: number) => boolean {
  let tokens: number = MESSAGES.burst;
  let last: number | null = null;
  return (now) => {
    tokens = Math.min(MESSAGES.burst, tokens + ((now - (last ?? now)) / 1000) * MESSAGES.perSecond);
    last = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

function turnAway(socket: Duplex, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
