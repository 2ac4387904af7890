import { randomUUID } from 'node:crypto';
import type WebSocket from 'ws';
import { decodeFrame, encodeFrame, MAX_EDGE_FRAME } from '@/lib/kernel/bundle/frames';
import type { EdgeMessage, Hello, Position, Received, Welcome } from '@/lib/kernel/bundle/messages';
import type { Keyring } from '@/lib/keyring';
import type { Log } from '@/lib/platform';
import type { Hub } from './hub';
import type { Ingest } from './ingest';
import { readMessage } from './messages-schema';
import type { Peer } from './peer';

/**
 * One connected edge. Its first message is Hello; then it is welcomed, brought to the newest position and sent every step. What it
 * reports is handled in order; anything that is no message of fence-sync/1 ends the connection.
 */
export interface SessionContext {
  hub: Hub;
  ingest: Ingest;
  keyring: Keyring;
  beatMilliseconds: number;
  leaseMilliseconds: number;
  log: Log;
}

const HELLO_MILLISECONDS = 10_000;
/** Unsent bytes at which an edge is too slow to be served: it dials again and is brought up to date. */
const MAX_BUFFERED = 64 * 1024 * 1024;
const MAX_QUEUED = 64;
const RESYNC_MILLISECONDS = 1_000;

export class Session {
  readonly peer: Peer;
  readonly #socket: WebSocket;
  readonly #context: SessionContext;
  readonly #helloTimer: NodeJS.Timeout;
  readonly #pings: NodeJS.Timeout;
  #hello: Hello | null = null;
  #serving = false;
  #alive = true;
  #resyncAt = 0;

  constructor(socket: WebSocket, peer: Peer, context: SessionContext) {
    this.peer = peer;
    this.#socket = socket;
    this.#context = context;
    this.#helloTimer = setTimeout(() => this.close('no_hello'), HELLO_MILLISECONDS);
    this.#pings = setInterval(() => this.#ping(), 2 * context.beatMilliseconds);
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
          context.log.warn('edge.message_failed', { edge: peer.name, error });
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
      this.#serving = false;
      context.hub.remove(this);
      if (this.#hello) context.ingest.closed(peer.name, this.#hello.bootId);
    });
  }

  /** Sends a step or a beat, once the edge is welcomed. Steps before that are part of what it is sent then. */
  push(bytes: Uint8Array): void {
    if (!this.#serving) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED) this.close('too_slow');
    else this.#socket.send(bytes, { binary: true });
  }

  close(reason: string): void {
    this.#context.log.info('edge.closed', { edge: this.peer.name, reason });
    this.#socket.terminate();
  }

  /** Ends a connection whose certificate has run out; the edge comes back with a new one. */
  expire(now: number): void {
    if (this.peer.expiresAt <= now) this.close('certificate_expired');
  }

  async #receive(data: Buffer, binary: boolean): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const decoded = binary ? decodeFrame(data, MAX_EDGE_FRAME) : null;
    const message = decoded?.ok ? readMessage(decoded.frame) : null;
    if (!decoded?.ok || !message) return this.close('message_invalid');
    if (message.type === 'Hello') return await this.#welcome(message);
    if (!this.#hello) return this.close('no_hello');
    await this.#handle(message, decoded.frame.payload);
  }

  async #welcome(hello: Hello): Promise<void> {
    const { hub, ingest, keyring, beatMilliseconds, leaseMilliseconds, log } = this.#context;
    const { name, region, certificate } = this.peer;
    if (this.#hello || hello.edge !== name || hello.region !== region) return this.close('hello_mismatch');
    this.#hello = hello;
    clearTimeout(this.#helloTimer);
    const { regionKey } = await keyring.call('edge.regionKey', { region, certificate });
    await ingest.hello(hello);
    const welcome: Welcome = {
      type: 'Welcome',
      session: randomUUID(),
      serverTime: Date.now(),
      beatMilliseconds,
      leaseMilliseconds,
      regionKey,
    };
    this.#socket.send(encodeFrame(welcome), { binary: true });
    // From here to the end of `serve` nothing waits: no step can slip in between.
    hub.add(this);
    this.#serve(hello.have);
    log.info('edge.connected', { edge: name, region, seq: hello.have?.seq });
  }

  #serve(have: Position | null): void {
    const { chains } = this.#context.hub;
    this.#serving = true;
    for (const bytes of chains.since(this.peer.region, have)) this.#socket.send(bytes, { binary: true });
    const beat = chains.beat(this.peer.region);
    if (beat) this.#socket.send(beat, { binary: true });
  }

  async #handle(message: Exclude<EdgeMessage, Hello>, payload: Uint8Array): Promise<void> {
    const { ingest, log } = this.#context;
    const edge = this.peer.name;
    switch (message.type) {
      case 'Ack':
        return ingest.ack(edge, message);
      case 'Report':
        return await ingest.report(edge, message);
      case 'Nack':
        log.warn('edge.refused', { edge, code: message.code, seq: message.seq });
        await ingest.nack(this.peer, message);
        if (message.code === 'base_mismatch') this.#resync(message.active);
        return;
      case 'Upstream': {
        const last = await ingest.batch(this.peer, message, payload);
        const received: Received = { type: 'Received', bootId: message.bootId, last };
        this.#socket.send(encodeFrame(received), { binary: true });
      }
    }
  }

  /** One resync a second: an edge that refuses everything must not make control send snapshots in a loop. */
  #resync(have: Position | null): void {
    const now = performance.now();
    if (now < this.#resyncAt) return;
    this.#resyncAt = now + RESYNC_MILLISECONDS;
    this.#serve(have);
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
