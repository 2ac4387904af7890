import { randomBytes } from 'node:crypto';
import { closeSync, fdatasync, fstatSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Head, type Mark, RecordingWriter } from '@/lib/kernel/recording';
import { sha256 } from '@/lib/primitives/sha256';

/** Milliseconds between heads, as long as there is something new. */
const HEAD_MILLISECONDS = 2_000;
/** What must fit on the disk for a session to begin. */
const ROOM_BYTES = 64 * 1024;

export interface Recorded {
  head: Head;
  /** Bytes of the file up to and with this head. */
  bytes: number;
}

export interface RecorderEvents {
  /** A head whose lines are on the disk. */
  head(recorded: Recorded): void;
  /** Nothing more can be recorded, so nothing may be shown any more. */
  failed(error: unknown): void;
}

export const recordingPath = (folder: string, session: string): string => join(folder, `${session}.rec`);

/** Whether a recording could begin in this folder now. Throws the system's error when not. */
export function checkRoom(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `.room-${randomBytes(8).toString('hex')}`);
  const file = openSync(path, 'wx', 0o600);
  try {
    writeAll(file, Buffer.alloc(ROOM_BYTES));
  } finally {
    closeSync(file);
    unlinkSync(path);
  }
}

/**
 * One screen record on disk. Every call has handed its bytes to the operating system when it returns, before anybody sees what they record; a
 * call that cannot throws, and the session has to end. Input is never recorded: what is typed without echo is a password.
 */
export class Recorder {
  readonly #writer: RecordingWriter;
  readonly #file: number;
  readonly #began = performance.now();
  readonly #events: RecorderEvents;
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #news = false;
  #ended = false;
  /** Heads go out one after the other. */
  #syncing: Promise<void> = Promise.resolve();

  /** Throws when there is a recording of this session, or no room for one. Size and terminal are clamped. `now` in Unix seconds. */
  constructor(
    folder: string,
    session: string,
    screen: { columns: number; rows: number; term: string; now: number },
    events: RecorderEvents,
  ) {
    checkRoom(folder);
    this.#events = events;
    this.#writer = new RecordingWriter({ sha256, salt: () => Uint8Array.from(randomBytes(16)) }, session);
    this.#file = openSync(recordingPath(folder, session), 'wx', 0o600);
    try {
      const { columns, rows, term, now } = screen;
      this.#write(this.#writer.start({ columns, rows, term, timestamp: now }));
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
    this.#timer = setInterval(() => this.#tick(), HEAD_MILLISECONDS);
  }

  output(chunk: Uint8Array): void {
    this.#write(this.#writer.output(this.#time(), chunk));
  }

  resize(columns: number, rows: number): void {
    this.#write(this.#writer.resize(this.#time(), columns, rows));
  }

  mark(kind: Exclude<Mark['kind'], 'end'>, text: string): void {
    this.#write(this.#writer.mark(this.#time(), { kind, text }));
  }

  /** Resolves when the end, and the final head, are on the disk. Throws as the others do. */
  async end(reason: string): Promise<Recorded> {
    clearInterval(this.#timer);
    this.#ended = true;
    try {
      const { head, row } = this.#writer.end(this.#time(), reason);
      this.#write(row);
      const recorded = { head, bytes: this.#bytes };
      await this.#syncing;
      await sync(this.#file);
      return recorded;
    } finally {
      closeSync(this.#file);
    }
  }

  #tick(): void {
    try {
      // What goes to a file that nobody can open any more is not recorded.
      if (fstatSync(this.#file).nlink === 0) throw new Error('the recording was taken away');
      if (!this.#news) return;
      const { head, row } = this.#writer.head();
      this.#write(row);
      this.#news = false;
      const recorded = { head, bytes: this.#bytes };
      this.#syncing = this.#syncing.then(async () => {
        await sync(this.#file);
        this.#events.head(recorded);
      });
      this.#syncing.catch((error: unknown) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    clearInterval(this.#timer);
    if (!this.#ended) this.#events.failed(error);
  }

  #write(rows: Uint8Array): void {
    if (rows.length === 0) return;
    writeAll(this.#file, rows);
    this.#bytes += rows.length;
    this.#news = true;
  }

  #time(): number {
    return (performance.now() - this.#began) * 1000;
  }
}

const sync = promisify(fdatasync);

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
