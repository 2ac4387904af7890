import WebSocket from 'ws';
import { decodeFrame, encodeFrame, type Frame, MAX_CONTROL_FRAME } from '@/lib/kernel/bundle/frames';
import { checkControl } from './control-http';
import { messageOf, type UplinkLog } from './log';

/**
 * The one connection to control: mutual TLS 1.3 WebSocket, dialled from here, dialled again for ever with exponential
 * backoff and full jitter (0.2 s to 60 s). A link that stays silent longer than control's beats allow is dead (half-open TCP)
 * and is dropped. Frames are handed over one after the other; a slow edge stops reading instead of queueing.
 */
export interface LinkOptions {
  controlUrl: string;
  /** Of the WebSocket, for example `/fence-sync`. */
  path: string;
  /** PEM texts. Read at every dial, so a renewed certificate is used from the next connection on. */
  identity: () => { key: string; certificate: string; authority: string };
  onOpen: () => void;
  onFrame: (frame: Frame) => Promise<void>;
  onClose: () => void;
  log: UplinkLog;
}

const FIRST_DELAY = 200;
const LONGEST_DELAY = 60_000;
const MAX_QUEUED = 32;
/** Unsent bytes at which an upstream sender should wait. */
const HIGH_WATER = 1024 * 1024;

/** `Sent` is what this side says. */
export class Link<Sent extends { type: string }> {
  readonly #options: LinkOptions;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #timer: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #silenceLimit = 20_000;
  #heardAt = Number.NEGATIVE_INFINITY;
  #stopped = false;
  #queue: Promise<void> = Promise.resolve();

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  get congested(): boolean {
    return (this.#socket?.bufferedAmount ?? 0) > HIGH_WATER;
  }

  dial(): void {
    if (this.#stopped) return;
    const { controlUrl, path, identity, onOpen, onClose, log } = this.#options;
    const { key, certificate, authority } = identity();
    const socket = new WebSocket(`${controlUrl.replace(/^https:/, 'wss:')}${path}`, {
      key,
      cert: certificate,
      ca: authority,
      minVersion: 'TLSv1.3',
      // The type of ws has a boolean here; Node's TLS takes an Error or undefined.
      checkServerIdentity: checkControl as never,
      maxPayload: MAX_CONTROL_FRAME,
      handshakeTimeout: 10_000,
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    this.#socket = socket;
    let queued = 0;
    socket.on('open', () => {
      this.#heard();
      onOpen();
    });
    socket.on('ping', () => this.#heard());
    socket.on('pong', () => this.#heard());
    socket.on('message', (data: Buffer, binary: boolean) => {
      this.#heard();
      const decoded = binary ? decodeFrame(data, MAX_CONTROL_FRAME) : null;
      if (!decoded?.ok) {
        log('warn', 'link.frame_refused', { error: decoded ? decoded.error : 'text' });
        socket.terminate();
        return;
      }
      if (++queued >= MAX_QUEUED) socket.pause();
      this.#queue = this.#queue
        .then(() => (this.#socket === socket && !this.#stopped ? this.#options.onFrame(decoded.frame) : undefined))
        .catch((error: unknown) => {
          log('error', 'link.frame_failed', { error: messageOf(error) });
          socket.terminate();
        })
        .then(() => {
          if (--queued < MAX_QUEUED && socket.readyState === WebSocket.OPEN) socket.resume();
        });
    });
    socket.on('error', (error) => log('info', 'link.error', { error: error.message }));
    socket.on('close', () => {
      clearTimeout(this.#silence);
      if (this.#socket === socket) this.#socket = null;
      onClose();
      this.#again();
    });
  }

  /** After control has welcomed this edge: the next dial starts with the short delays again. */
  welcomed(beatMilliseconds: number): void {
    this.#attempt = 0;
    this.#silenceLimit = Math.max(3 * beatMilliseconds, 1_000);
    this.#heard();
  }

  /** False when there is no link; the caller sends again after the next welcome. */
  send(header: Sent, payload?: Uint8Array): boolean {
    if (!this.open) return false;
    this.#socket!.send(encodeFrame(header, payload), { binary: true });
    return true;
  }

  /** Asks control for a sign of life; it counts when it comes (`silentMilliseconds`). */
  ping(): void {
    if (this.open) this.#socket!.ping();
  }

  /** Since control was last heard; endless before the first time. */
  get silentMilliseconds(): number {
    return performance.now() - this.#heardAt;
  }

  /** Drops the connection; a new one is dialled with the usual delay. */
  reconnect(): void {
    this.#socket?.terminate();
  }

  /** Resolves when the frame being handled is finished. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#socket?.terminate();
    await this.#queue;
  }

  #again(): void {
    if (this.#stopped) return;
    const ceiling = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(this.#attempt, 20));
    this.#attempt += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.dial(), Math.random() * ceiling);
  }

  #heard(): void {
    this.#heardAt = performance.now();
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#options.log('warn', 'link.silent', { milliseconds: this.#silenceLimit });
      this.#socket?.terminate();
    }, this.#silenceLimit).unref();
  }
}
