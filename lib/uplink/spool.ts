import { closeSync, fdatasyncSync, openSync, readdirSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from './files';
import { messageOf, type UplinkLog } from './log';

/**
 * Numbered records on their way to control: one JSON line each in segment files `<boot>.<first number>`, deleted when control has
 * committed them. Survives restarts (older boots go first), is bounded, and counts what it had to drop. Lines reach the
 * operating system in the tick they were recorded, so a killed process loses none of them; only a power cut may, unless `durable`.
 */

export interface Batch {
  bootId: string;
  first: number;
  last: number;
  payload: Uint8Array;
}

interface Segment {
  bootId: string;
  path: string;
  bytes: number;
}

export interface SpoolLimits {
  maxBytes: number;
  segmentBytes: number;
  batchRecords: number;
  batchBytes: number;
  /** Waits for the disk at each write. */
  durable: boolean;
}
const DEFAULTS: SpoolLimits = {
  maxBytes: 64 * 1024 * 1024,
  segmentBytes: 1024 * 1024,
  batchRecords: 500,
  batchBytes: 512 * 1024,
  durable: false,
};
const LONGEST_LINE = 8 * 1024;

/** `R` without its number. */
export class Spool<R extends object> {
  /** Records lost since boot because the spool was full or the disk refused. */
  dropped = 0;
  /** Called when there is something new to send. */
  onRecords: () => void = () => undefined;
  readonly #folder: string;
  readonly #bootId: string;
  readonly #limits: SpoolLimits;
  readonly #log: UplinkLog;
  readonly #segments: Segment[];
  #next = 1;
  #total: number;
  #file: number | null = null;
  #buffer: string[] = [];
  #buffered = 0;
  #scheduled = false;
  /** Bytes of the oldest segment that are committed. */
  #offset = 0;
  #sent: { bootId: string; last: number; segment: Segment; end: number } | null = null;

  private constructor(folder: string, bootId: string, segments: Segment[], limits: SpoolLimits, log: UplinkLog) {
    this.#folder = folder;
    this.#bootId = bootId;
    this.#segments = segments;
    this.#limits = limits;
    this.#log = log;
    this.#total = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** `bootId` must sort after those of former boots. */
  static async open<R extends object>(
    home: string,
    bootId: string,
    log: UplinkLog,
    limits: Partial<SpoolLimits> = {},
  ): Promise<Spool<R>> {
    const folder = join(home, 'spool');
    await makeFolder(folder);
    const segments = readdirSync(folder)
      .filter((name) => /^[a-z0-9_-]+\.\d{12}$/.test(name))
      .sort()
      .map((name) => ({
        bootId: name.split('.')[0]!,
        path: join(folder, name),
        bytes: statSync(join(folder, name)).size,
      }));
    return new Spool<R>(folder, bootId, segments, { ...DEFAULTS, ...limits }, log);
  }

  /** Bytes waiting for control. */
  get depth(): number {
    return this.#total + this.#buffered - this.#offset;
  }

  /** False: there was no room, and it is counted. */
  append(record: R): boolean {
    const line = `${JSON.stringify({ n: this.#next, ...record })}\n`;
    if (this.depth + line.length > this.#limits.maxBytes || line.length > LONGEST_LINE) {
      this.dropped += 1;
      return false;
    }
    this.#next += 1;
    this.#buffer.push(line);
    this.#buffered += line.length;
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.flush());
    }
    return true;
  }

  /** Hands everything recorded so far to the operating system. */
  flush(): void {
    this.#scheduled = false;
    if (this.#buffer.length === 0) return;
    const count = this.#buffer.length;
    const bytes = Buffer.from(this.#buffer.join(''), 'utf8');
    this.#buffer = [];
    this.#buffered = 0;
    try {
      const segment = this.#current(this.#next - count, bytes.length);
      writeSync(this.#file!, bytes);
      if (this.#limits.durable) fdatasyncSync(this.#file!);
      segment.bytes += bytes.length;
      this.#total += bytes.length;
    } catch (error) {
      this.dropped += count;
      this.#close();
      this.#log('error', 'spool.write_failed', { error: messageOf(error), dropped: this.dropped });
    }
    this.onRecords();
  }

  /** The oldest batch not committed yet, or null. The same one again until `received`. */
  async next(): Promise<Batch | null> {
    for (;;) {
      const segment = this.#segments[0];
      if (!segment) return null;
      const batch = await this.#read(segment);
      if (batch) return batch;
      // Nothing complete is left here. The segment still being written stays; a cut-off line of a former boot goes.
      if (segment === this.#writing()) return null;
      this.#drop(segment);
    }
  }

  /** Control has committed everything of this boot up to `last`. */
  received(bootId: string, last: number): void {
    const sent = this.#sent;
    if (!sent || sent.bootId !== bootId || last < sent.last) return;
    this.#sent = null;
    this.#offset = sent.end;
    if (sent.end >= sent.segment.bytes && sent.segment !== this.#writing()) this.#drop(sent.segment);
  }

  stop(): void {
    this.flush();
    this.#close();
  }

  #writing(): Segment | undefined {
    return this.#file === null ? undefined : this.#segments.at(-1);
  }

  #current(first: number, bytes: number): Segment {
    const last = this.#writing();
    if (last && last.bytes + bytes <= this.#limits.segmentBytes) return last;
    this.#close();
    const path = join(this.#folder, `${this.#bootId}.${String(first).padStart(12, '0')}`);
    this.#file = openSync(path, 'a', 0o600);
    const segment = { bootId: this.#bootId, path, bytes: 0 };
    this.#segments.push(segment);
    return segment;
  }

  #close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #drop(segment: Segment): void {
    this.#segments.shift();
    this.#total -= segment.bytes;
    this.#offset = 0;
    unlinkSync(segment.path);
  }

  async #read(segment: Segment): Promise<Batch | null> {
    const bytes = Buffer.alloc(Math.min(this.#limits.batchBytes, segment.bytes - this.#offset));
    let file: FileHandle | undefined;
    try {
      file = await open(segment.path, 'r');
      await file.read(bytes, 0, bytes.length, this.#offset);
    } finally {
      await file?.close();
    }
    let end = 0;
    let first = 0;
    let last = 0;
    for (let count = 0; count < this.#limits.batchRecords; count++) {
      const newline = bytes.indexOf(10, end);
      if (newline < 0) break;
      const n = Number(/^\{"n":(\d+),/.exec(bytes.toString('latin1', end, Math.min(newline, end + 32)))?.[1]);
      if (!Number.isSafeInteger(n)) break;
      first ||= n;
      last = n;
      end = newline + 1;
    }
    if (end === 0) return null;
    this.#sent = { bootId: segment.bootId, last, segment, end: this.#offset + end };
    return { bootId: segment.bootId, first, last, payload: bytes.subarray(0, end) };
  }
}
