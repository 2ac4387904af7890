import type { Connection, ServerChannel } from 'ssh2';
import type { Exit, Person } from './person';
import { socketOf } from './ssh2-certificates';
import { refused } from './words';

/** Unsent bytes at which the host has to wait. A client may open a window of gigabytes; what it does not read stays here. */
const HIGH_WATER = 1024 * 1024;
/** Beyond these a client plays with the protocol: unread answers, or input past its window. */
const MOST_UNSENT = 16 * 1024 * 1024;
const MOST_UNREAD = 8 * 1024 * 1024;
/** Milliseconds for the last words to arrive after a cut, and for output that waits after an exit. */
const AFTER_CUT = 800;
const AFTER_EXIT = 60_000;

/** An employee's SSH client, at its one channel. */
export class SshPerson implements Person {
  readonly #connection: Connection;
  readonly #channel: ServerChannel;
  readonly #terminal: boolean;

  constructor(connection: Connection, channel: ServerChannel, terminal: boolean) {
    this.#connection = connection;
    this.#channel = channel;
    this.#terminal = terminal;
    const socket = socketOf(connection);
    socket.on('data', () => {
      if (socket.writableLength > MOST_UNSENT || channel.readableLength > MOST_UNREAD) socket.destroy();
    });
  }

  send(chunk: Buffer, error: boolean): boolean {
    const stream = error && !this.#terminal ? this.#channel.stderr : this.#channel;
    return stream.write(chunk) && socketOf(this.#connection).writableLength < HIGH_WATER;
  }

  drained(then: () => void): void {
    const socket = socketOf(this.#connection);
    const { stderr } = this.#channel;
    const waiting = [socket, this.#channel, stderr].find((stream) => stream.writableNeedDrain);
    if (waiting) waiting.once('drain', () => this.drained(then));
    else then();
  }

  note(line: string): void {
    this.#channel.stderr.write(`${line}\r\n`);
  }

  finish(exit: Exit, words: string | null): void {
    const socket = socketOf(this.#connection);
    try {
      if (words !== null && this.#terminal) this.#channel.write(words);
      else if (words !== null) this.#channel.stderr.write(`${words}\r\n`);
      if (exit && 'signal' in exit) this.#channel.exit(exit.signal, false, '');
      else this.#channel.exit(exit?.code ?? 255);
      this.#channel.end();
    } catch {
      socket.destroy();
      return;
    }
    const late = setTimeout(() => socket.destroy(), words === null ? AFTER_EXIT : AFTER_CUT);
    socket.once('close', () => clearTimeout(late));
    this.#channel.once('close', () => this.#connection.end());
  }

  pause(): void {
    this.#channel.pause();
  }

  resume(): void {
    this.#channel.resume();
  }

  /** The session did not begin. */
  refuse(why: string): void {
    this.finish({ code: 255 }, `${refused(why)}${this.#terminal ? '\r\n' : ''}`);
  }
}
