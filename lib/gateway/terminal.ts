import { chmodSync, existsSync, mkdirSync, unlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { clampSize } from '@/lib/kernel/recording';
import { isId, type Log } from '@/lib/platform';
import { plainAddress } from './addresses';
import type { Crowd } from './crowd';
import { GatewayRefusal } from './errors';
import type { Exit, Person } from './person';
import { Session } from './session';
import type { SessionContext } from './session-context';
import { lastLine, refused } from './words';

/**
 * The terminal in a browser. The console's server passes upgrades of `/staff/terminal` on to this unix socket, after it has looked at their
 * origin. Binary frames are what is typed and what is shown; text frames are JSON: first `{session, ticket, columns, rows}`, then
 * `{columns, rows}` and `{shown}`, the bytes that the terminal has drawn so far; towards the browser one `{end, code}` before the close. A
 * connection that is lost ends its session: nothing is ever joined again.
 */
const FIRST_WITHIN = 10_000;
/** Bytes of one frame; a paste that is longer comes in several. */
const MAX_FRAME = 64 * 1024;
/** Bytes on their way to the screen at which the host has to wait. A browser takes in more than it draws, so what it has drawn counts. */
const HIGH_WATER = 512 * 1024;
const PING_MILLISECONDS = 10_000;
const size = z.object({ columns: z.int().min(0).max(100_000), rows: z.int().min(0).max(100_000) });
const shown = z.object({ shown: z.int().min(0) });
const first = size.extend({
  session: z.string().refine((text) => isId('ssn', text)),
  ticket: z.string().min(16).max(256),
});

export interface TerminalOptions {
  /** Unix socket. */
  path: string;
  context: SessionContext;
  crowd: Crowd;
  log: Log<'rule'>;
}

export async function listenTerminal(options: TerminalOptions): Promise<{ stop(): Promise<void> }> {
  const { path, context, crowd, log } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME, perMessageDeflate: false });
  const server = createServer(
    { maxHeaderSize: 8192, headersTimeout: 5_000, requestTimeout: 5_000 },
    (_request, response) => {
      response.writeHead(426).end();
    },
  );
  server.on('upgrade', (request, socket, head) => {
    // Only the console's server reaches this socket, and it writes the header.
    const address = plainAddress(String(request.headers['x-forwarded-for'] ?? ''));
    const leave = crowd.enter(address, performance.now());
    if (!leave) return void socket.destroy();
    socket.once('close', leave);
    socket.on('error', () => undefined);
    sockets.handleUpgrade(request, socket, head, (web) => serve(web, address));
  });

  function serve(web: WebSocket, address: string): void {
    web.on('error', () => web.terminate());
    const late = setTimeout(() => web.terminate(), FIRST_WITHIN);
    web.once('close', () => clearTimeout(late));
    web.once('message', (data: Buffer, binary: boolean) => {
      clearTimeout(late);
      const ask = binary ? null : first.safeParse(json(data));
      if (!ask?.success) return void web.close(4400, 'first message');
      const { session, ticket, columns, rows } = ask.data;
      const person = new WebPerson(web);
      // What is typed before the host answers waits in the connection.
      person.pause();
      let running: Session | null = null;
      web.once('close', () => running?.gone());
      const alive = watchLife(web);
      web.once('close', () => clearInterval(alive));
      const asked = { session, ticket, address, through: 'web terminal', lang: 'C.UTF-8' } as const;
      const screen = { ...clampSize(columns, rows), term: 'xterm-256color' };
      Session.start(context, { ...asked, purpose: { kind: 'shell' }, screen }, person).then(
        (started) => {
          running = started;
          if (web.readyState !== web.OPEN) return started.gone();
          web.on('message', (typed: Buffer, isBinary: boolean) => {
            if (isBinary) return started.input(typed);
            const told = size.or(shown).safeParse(json(typed));
            if (!told.success) started.gone();
            else if ('shown' in told.data) person.shown(told.data.shown);
            else started.resize(told.data.columns, told.data.rows);
          });
          person.resume();
        },
        (error: unknown) => {
          const refusal = error instanceof GatewayRefusal ? error : new GatewayRefusal('gateway.keyring_silent');
          log.warn('session.refused', { sessionId: session, code: refusal.code, address, error: refusal.cause });
          // A ticket that is none says nothing about a session: anybody can send one.
          if (refusal.code !== 'gateway.not_open')
            context.deliver({ kind: 'session.refused', at: context.now(), session, code: refusal.code, address });
          person.finish(null, refused(refusal.message));
        },
      );
    });
  }

  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  if (existsSync(path) && !(await answers(path))) unlinkSync(path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o660);
  return {
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const web of sockets.clients) web.terminate();
      server.closeAllConnections();
      await closed;
    },
  };
}

class WebPerson implements Person {
  readonly #web: WebSocket;
  #sent = 0;
  #shown = 0;
  #then: (() => void) | null = null;

  constructor(web: WebSocket) {
    this.#web = web;
  }

  send(chunk: Buffer): boolean {
    this.#sent += chunk.length;
    this.#web.send(chunk, { binary: true });
    return this.#sent - this.#shown < HIGH_WATER;
  }

  drained(then: () => void): void {
    this.#then = then;
    this.#look();
  }

  /** So many bytes of all that were sent are on the screen. */
  shown(bytes: number): void {
    this.#shown = Math.min(Math.max(this.#shown, bytes), this.#sent);
    this.#look();
  }

  #look(): void {
    if (this.#sent - this.#shown >= HIGH_WATER / 2) return;
    const then = this.#then;
    this.#then = null;
    then?.();
  }

  note(line: string): void {
    this.send(Buffer.from(lastLine(line)));
  }

  finish(exit: Exit, words: string | null): void {
    if (words) this.#web.send(Buffer.from(lastLine(words)), { binary: true });
    const code = exit && 'code' in exit ? exit.code : null;
    this.#web.send(JSON.stringify({ end: words ?? 'The session is over.', code }));
    this.#web.close(1000);
    this.#web.resume();
    // A browser that reads no more is not waited for.
    setTimeout(() => this.#web.terminate(), 1_000).unref();
  }

  pause(): void {
    this.#web.pause();
  }

  resume(): void {
    this.#web.resume();
  }
}

/** A browser that is gone without a word ends its session within two turns. */
function watchLife(web: WebSocket): NodeJS.Timeout {
  let answered = true;
  web.on('pong', () => {
    answered = true;
  });
  return setInterval(() => {
    // Nothing is read while the host takes no input, pongs neither.
    if (!answered && !web.isPaused) return web.terminate();
    answered = false;
    web.ping();
  }, PING_MILLISECONDS);
}

function json(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
