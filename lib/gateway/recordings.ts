import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingPiece } from './events';
import { recordingPath } from './recorder';

/** Bytes of a recording in one record. */
const PIECE_BYTES = 32 * 1024;
const FILE = /^(ssn_[0-9a-f]{32})\.rec$/;

/** Recordings on disk, and how far each was handed to the spool: beside `<session>.rec` stands `<session>.sent`. */
export class Recordings {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Bytes that wait here. */
  size(): number {
    return this.#sessions().reduce((sum, session) => sum + this.bytes(session), 0);
  }

  /** The pieces up to `to` that were not handed over yet. */
  pieces(session: string, to: number, final: boolean): RecordingPiece[] {
    const pieces: RecordingPiece[] = [];
    for (let from = this.#sent(session).to; from < to; from += PIECE_BYTES)
      pieces.push({ kind: 'recording', session, from, to: Math.min(from + PIECE_BYTES, to), final: false });
    if (final && pieces.length > 0) pieces.at(-1)!.final = true;
    writeFileSync(this.#mark(session), JSON.stringify({ to, final }), { mode: 0o600 });
    return pieces;
  }

  /** Sessions that a former run of this gateway left in the middle: nothing more will be written. */
  broken(): string[] {
    return this.#sessions().filter((session) => !this.isFinal(session));
  }

  /** Whether all of it was handed over, or there is nothing of it. */
  isFinal(session: string): boolean {
    return this.#sent(session).final || !existsSync(recordingPath(this.folder, session));
  }

  bytes(session: string): number {
    return statSync(recordingPath(this.folder, session)).size;
  }

  /** The bytes of a piece; null when the recording is gone. */
  async read({ session, from, to }: RecordingPiece): Promise<Buffer | null> {
    if (!existsSync(recordingPath(this.folder, session))) return null;
    const file = await open(recordingPath(this.folder, session), 'r');
    try {
      const bytes = Buffer.alloc(to - from);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** Control has all of it. */
  remove(session: string): void {
    rmSync(recordingPath(this.folder, session), { force: true });
    rmSync(this.#mark(session), { force: true });
  }

  #sessions(): string[] {
    return readdirSync(this.folder).flatMap((name) => FILE.exec(name)?.[1] ?? []);
  }

  #mark(session: string): string {
    return join(this.folder, `${session}.sent`);
  }

  #sent(session: string): { to: number; final: boolean } {
    const path = this.#mark(session);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { to: 0, final: false };
  }
}
