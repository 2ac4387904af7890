import type { ClientMessage, EdgeMessage, JoinMessage, Refusal } from '../signalling/protocol';

/** The edge said no. `refusal.code` is stable; `refusal.next` says what to do. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  constructor(readonly refusal: Refusal) {
    super(`${refusal.says} ${refusal.detail} (${refusal.code})`);
  }
}

/** The edge could not be reached, or went away. Worth trying again. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

export type Joined = Extract<EdgeMessage, { type: 'joined' }>;
export type Notice = Exclude<EdgeMessage, { type: 'joined' | 'answer' | 'refused' | 'pong' | 'renewed' }>;

export interface SocketEvents {
  notice(message: Notice): void;
  lost(): void;
}

const JOIN_MILLISECONDS = 8_000;
const PING_MILLISECONDS = 10_000;
const SILENT_MILLISECONDS = 25_000;

/** One WebSocket to `/v1/connect`: request and answer by id, notices, and a watch for a silent connection. */
export class EdgeSocket {
  readonly #socket: WebSocket;
  readonly #events: SocketEvents;
  readonly #waiting = new Map<string, { resolve: (message: EdgeMessage) => void; reject: (error: Error) => void }>();
  #heardAt = Date.now();
  #pings: ReturnType<typeof setInterval> | undefined;
  #over = false;

  private constructor(socket: WebSocket, events: SocketEvents) {
    this.#socket = socket;
    this.#events = events;
  }

  /** Connects and joins. @throws RefusedError, UnreachableError */
  static async join(
    edgeUrl: string,
    message: Omit<JoinMessage, 'type'>,
    events: SocketEvents,
  ): Promise<{ socket: EdgeSocket; joined: Joined }> {
    const url = new URL('/v1/connect', edgeUrl);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const raw = new WebSocket(url);
    const socket = new EdgeSocket(raw, events);
    const joined = socket.#wait('join', JOIN_MILLISECONDS);
    raw.onopen = () => socket.#send({ type: 'join', ...message });
    raw.onmessage = (event) => socket.#receive(String(event.data));
    raw.onclose = () => socket.#lost();
    try {
      const answer = (await joined) as Joined;
      socket.#pings = setInterval(() => socket.#watch(), PING_MILLISECONDS);
      return { socket, joined: answer };
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** @throws RefusedError, UnreachableError */
  async offer(id: string, direction: 'publish' | 'subscribe', sdp: string, publisher: string | null): Promise<string> {
    const answer = this.#wait(`offer ${id}`, JOIN_MILLISECONDS);
    this.#send({ type: 'offer', id, direction, sdp, publisher });
    return ((await answer) as Extract<EdgeMessage, { type: 'answer' }>).sdp;
  }

  async renew(token: string): Promise<Extract<EdgeMessage, { type: 'renewed' }>> {
    const answer = this.#wait('renew', JOIN_MILLISECONDS);
    this.#send({ type: 'renew', token });
    return (await answer) as Extract<EdgeMessage, { type: 'renewed' }>;
  }

  leave(id: string): void {
    this.#send({ type: 'leave', id });
  }

  /** Ends quietly: no `lost` follows. */
  close(): void {
    this.#over = true;
    this.#end();
    this.#socket.close(1000);
  }

  #wait(key: string, milliseconds: number): Promise<EdgeMessage> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.#waiting.delete(key);
      };
      const timer = setTimeout(() => {
        settle();
        reject(new UnreachableError('The edge did not answer in time.'));
      }, milliseconds);
      this.#waiting.set(key, {
        resolve: (message) => {
          settle();
          resolve(message);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
    });
  }

  #receive(text: string): void {
    this.#heardAt = Date.now();
    const message = JSON.parse(text) as EdgeMessage;
    switch (message.type) {
      case 'joined':
        this.#waiting.get('join')?.resolve(message);
        break;
      case 'answer':
        this.#waiting.get(`offer ${message.id}`)?.resolve(message);
        break;
      case 'renewed':
        this.#waiting.get('renew')?.resolve(message);
        break;
      case 'refused': {
        const key = message.for === 'offer' ? `offer ${message.id}` : message.for;
        this.#waiting.get(key)?.reject(new RefusedError(message));
        break;
      }
      case 'pong':
        break;
      default:
        if (!this.#over) this.#events.notice(message);
    }
  }

  #watch(): void {
    if (Date.now() - this.#heardAt > SILENT_MILLISECONDS) {
      this.#lost();
      this.#socket.close();
    } else this.#send({ type: 'ping' });
  }

  #lost(): void {
    this.#end();
    if (this.#over) return;
    this.#over = true;
    this.#events.lost();
  }

  #end(): void {
    clearInterval(this.#pings);
    for (const { reject } of [...this.#waiting.values()])
      reject(new UnreachableError('The connection to the edge ended.'));
  }

  #send(message: ClientMessage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
