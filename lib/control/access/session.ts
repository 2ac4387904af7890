import type WebSocket from 'ws';
import { decodeFrame, encodeFrame, type Frame, MAX_EDGE_FRAME } from '@/lib/kernel/bundle/frames';
import type { Log } from '@/lib/platform';
import type { ControlMessage } from '@/lib/uplink/access-sync';
import type { HostCertificates } from './host-certificates';
import type { AccessHub } from './hub';
import type { AccessIngest } from './ingest';
import { readAccessMessage, readStanding } from './messages';
import type { AccessPeer } from './peer';

/** One connected gateway or host. What it says is handled in order; anything that is no message of access-sync/1 ends the connection. */
export interface AccessContext {
  hub: AccessHub;
  ingest: AccessIngest;
  certificates: HostCertificates;
  log: Log;
}

const HELLO_MILLISECONDS = 10_000;
const PING_MILLISECONDS = 2_000;
const MAX_QUEUED = 16;

export class AccessSession {
  readonly peer: AccessPeer;
  readonly #socket: WebSocket;
  readonly #context: AccessContext;
  readonly #pings: NodeJS.Timeout;
  readonly #helloTimer: NodeJS.Timeout;
  #greeted = false;
  #alive = true;

  constructor(socket: WebSocket, peer: AccessPeer, context: AccessContext) {
    this.peer = peer;
    this.#socket = socket;
    this.#context = context;
    this.#helloTimer = setTimeout(() => this.close('no_hello'), HELLO_MILLISECONDS);
    this.#pings = setInterval(() => this.#ping(), PING_MILLISECONDS);
    let queue: Promise<void> = Promise.resolve();
    let queued = 0;
    socket.on('pong', () => {
      this.#alive = true;
    });
    socket.on('message', (data: Buffer, binary: boolean) => {
      this.#alive = true;
      if (++queued >= MAX_QUEUED) socket.pause();
      queue = queue
        .then(() => this.#receive(data, binary))
        .catch((error: unknown) => {
          context.log.warn('access.message_failed', { name: peer.id, error });
          socket.terminate();
        })
        .then(() => {
          if (--queued < MAX_QUEUED && socket.readyState === socket.OPEN) socket.resume();
        });
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearTimeout(this.#helloTimer);
      clearInterval(this.#pings);
      context.hub.remove(this);
    });
  }

  send(message: ControlMessage, payload?: Uint8Array): void {
    if (this.#socket.readyState === this.#socket.OPEN)
      this.#socket.send(encodeFrame(message, payload), { binary: true });
  }

  close(reason: string): void {
    this.#context.log.info('access.closed', { name: this.peer.id, reason });
    this.#socket.terminate();
  }

  async #receive(data: Buffer, binary: boolean): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const decoded = binary ? decodeFrame(data, MAX_EDGE_FRAME) : null;
    if (!decoded?.ok) return this.close('message_invalid');
    await this.#handle(decoded.frame);
  }

  async #handle(frame: Frame): Promise<void> {
    const { hub, ingest, certificates, log } = this.#context;
    const { id, kind, name } = this.peer;
    const message = readAccessMessage(frame);
    if (!message) return this.close('message_invalid');
    if (message.type === 'Hello') {
      if (this.#greeted || `${message.role}:${message.name}` !== id) return this.close('hello_mismatch');
      this.#greeted = true;
      clearTimeout(this.#helloTimer);
      hub.add(this);
      return log.info('access.connected', { name: id, bootId: message.boot });
    }
    if (!this.#greeted) return this.close('no_hello');
    if (message.type === 'Events') {
      const upTo = await ingest.batch(id, message, frame.payload);
      return this.send({ type: 'Ack', boot: message.boot, upTo });
    }
    if (kind !== 'host') return this.close('message_invalid');
    if (message.type === 'HostKey') {
      const certificate = await certificates.issue(id, name, message.publicKey);
      if (certificate) this.send({ type: 'HostCertificate', certificate });
      return;
    }
    const standing = readStanding(frame.payload);
    if (!standing) return this.close('message_invalid');
    await ingest.standing(id, standing);
  }

  #ping(): void {
    if (!this.#alive) {
      this.close('silent');
      return;
    }
    this.#alive = false;
    this.#socket.ping();
  }
}
