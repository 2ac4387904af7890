import { type FileHandle, open, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import { makeFolder, readIfThere, replaceFile } from '@/lib/uplink';

/**
 * What an edge remembers of its policy: the last snapshot, a write-ahead log of the signed deltas after it, the ratchet
 * (highest position ever accepted, in a file of its own), the last valid beat and the region's key as received.
 * Everything is kept exactly as signed, so loading verifies as receiving does: the disk is not trusted either.
 *
 * Log record: `u32 length | u32 CRC-32 | frame`. A record that is cut off or whose checksum fails ends the log; it can only be
 * the one being written when the machine stopped, and was therefore never acknowledged.
 */
export interface Ratchet {
  epoch: number;
  seq: number;
}

export interface Stored {
  snapshot: Uint8Array | null;
  deltas: { frame: Uint8Array /** Bytes of the log up to and with this record. */; end: number }[];
  ratchet: Ratchet | null;
  beat: Uint8Array | null;
  regionKey: string | null;
}

const RECORD_HEAD = 8;
const SLOT_BYTES = 64;

export class Disk {
  readonly #folder: string;
  #log: FileHandle | undefined;
  #logBytes = 0;
  #ratchet: FileHandle | undefined;
  #slot = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(home: string): Promise<{ disk: Disk; stored: Stored }> {
    const disk = new Disk(join(home, 'policy'));
    await makeFolder(disk.#folder);
    return { disk, stored: await disk.#load() };
  }

  /** Replaces the snapshot and empties the log. A crash in between leaves deltas older than the snapshot, which loading skips. */
  async writeSnapshot(frame: Uint8Array): Promise<void> {
    await replaceFile(this.#path('snapshot'), frame);
    await this.#log!.truncate(0);
    this.#logBytes = 0;
    await this.#log!.datasync();
  }

  /** Appends a delta; on disk when it resolves. A failed append is cut off again, so that a later one cannot hide behind it. */
  async appendDelta(frame: Uint8Array): Promise<void> {
    const record = Buffer.alloc(RECORD_HEAD + frame.length);
    record.writeUInt32BE(frame.length, 0);
    record.writeUInt32BE(crc32(frame), 4);
    record.set(frame, RECORD_HEAD);
    try {
      await this.#log!.write(record, 0, record.length, this.#logBytes);
      await this.#log!.datasync();
    } catch (error) {
      await this.#log!.truncate(this.#logBytes).catch(() => undefined);
      throw error;
    }
    this.#logBytes += record.length;
  }

  /** Cuts the log after `bytes`: what lies behind a record that does not verify could never be replayed. */
  async cutLog(bytes: number): Promise<void> {
    await this.#log!.truncate(bytes);
    await this.#log!.datasync();
    this.#logBytes = bytes;
  }

  /** Written in place into one of two slots by turns, so that a torn write leaves the former value and one fsync suffices. */
  async writeRatchet(ratchet: Ratchet): Promise<void> {
    this.#slot = 1 - this.#slot;
    await this.#ratchet!.write(toSlot(ratchet), 0, SLOT_BYTES, this.#slot * SLOT_BYTES);
    await this.#ratchet!.datasync();
  }

  async writeBeat(frame: Uint8Array): Promise<void> {
    await replaceFile(this.#path('beat'), frame);
  }

  async writeRegionKey(sealed: string): Promise<void> {
    await replaceFile(this.#path('region-key'), sealed);
  }

  async close(): Promise<void> {
    await this.#log?.close();
    await this.#ratchet?.close();
    this.#log = undefined;
    this.#ratchet = undefined;
  }

  async #load(): Promise<Stored> {
    const log = (await readIfThere(this.#path('log'))) ?? Buffer.alloc(0);
    const { deltas, bytes } = readLog(log);
    this.#log = await open(this.#path('log'), 'a+', 0o600);
    await this.#log.close();
    if (bytes < log.length) await truncate(this.#path('log'), bytes);
    this.#log = await open(this.#path('log'), 'r+');
    this.#logBytes = bytes;
    const { ratchet, slot } = readRatchet(await readIfThere(this.#path('ratchet')));
    // Epochs start at 1: a slot with epoch 0 says "none yet", and a torn first write falls back to it.
    if (ratchet === null)
      await replaceFile(this.#path('ratchet'), Buffer.concat([toSlot({ epoch: 0, seq: 0 }), Buffer.alloc(SLOT_BYTES)]));
    this.#ratchet = await open(this.#path('ratchet'), 'r+');
    this.#slot = slot;
    return {
      snapshot: await readIfThere(this.#path('snapshot')),
      deltas,
      ratchet,
      beat: await readIfThere(this.#path('beat')),
      regionKey: (await readIfThere(this.#path('region-key')))?.toString('utf8') ?? null,
    };
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

function readLog(log: Buffer): { deltas: Stored['deltas']; bytes: number } {
  const deltas: Stored['deltas'] = [];
  let at = 0;
  while (at + RECORD_HEAD <= log.length) {
    const length = log.readUInt32BE(at);
    const end = at + RECORD_HEAD + length;
    // A length of zero is what a machine that lost power leaves in place of a record; its checksum would even be right.
    if (length === 0 || end > log.length) break;
    const frame = log.subarray(at + RECORD_HEAD, end);
    if (crc32(frame) !== log.readUInt32BE(at + 4)) break;
    deltas.push({ frame, end });
    at = end;
  }
  return { deltas, bytes: at };
}

function toSlot({ epoch, seq }: Ratchet): Buffer {
  const text = `${epoch} ${seq} `;
  return Buffer.from(`${text}${crc32(Buffer.from(text))}`.padEnd(SLOT_BYTES));
}

/** Bytes that hold no ratchet are an error, not "none": forgetting it would allow a rollback. */
function readRatchet(bytes: Buffer | null): { ratchet: Ratchet | null; slot: number } {
  if (bytes === null) return { ratchet: null, slot: 0 };
  const slots = [0, 1].map((slot) => {
    const text = bytes.toString('latin1', slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES);
    const [whole, epoch, seq, checksum] = /^(\d+) (\d+) (\d+) *$/.exec(text) ?? [];
    if (whole === undefined || crc32(Buffer.from(`${epoch} ${seq} `)) !== Number(checksum)) return null;
    return { epoch: Number(epoch), seq: Number(seq) };
  });
  const [first, second] = slots;
  if (!first && !second) throw new Error('policy.ratchet_unreadable');
  const later =
    !first || (second && (second.epoch > first.epoch || (second.epoch === first.epoch && second.seq > first.seq)));
  if (later) return { ratchet: second!, slot: 1 };
  return { ratchet: first.epoch === 0 ? null : first, slot: 0 };
}
