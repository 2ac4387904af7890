import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { PackFault } from '@/lib/kernel/pack';

const CHUNK_BYTES = 262_144;
/** Fixed part, extra field, name and comment, with room to spare. */
const MAX_HEADER_BYTES = 131_072;
const TRAILER_BYTES = 8;

/** The first bytes of a gzip file. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Unpacks a gzip file (RFC 1952) of exactly one member and nothing after it. Node's own reader takes several members, and ignores what
 * follows a zero byte behind them; browsers refuse both. Throws PackFault, and what the file throws.
 */
export async function* unzipped(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const start = headerEnd(await bytesAt(file, 0, MAX_HEADER_BYTES));
    const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
    // Its callback has nothing to do: the error comes out of the loop.
    pipeline(file.createReadStream({ start, autoClose: false, highWaterMark: CHUNK_BYTES }), inflate, () => {});
    let [sum, length] = [0, 0];
    for await (const chunk of inflate as AsyncIterable<Buffer>) {
      sum = crc32(chunk, sum);
      length = (length + chunk.length) % 2 ** 32;
      yield chunk;
    }
    const trailer = await bytesAt(file, start + inflate.bytesWritten, TRAILER_BYTES + 1);
    if (trailer.length !== TRAILER_BYTES || trailer.readUInt32LE(0) !== sum || trailer.readUInt32LE(4) !== length) {
      throw damaged();
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code?.startsWith('Z_') ? damaged() : error;
  } finally {
    await file.close();
  }
}

const damaged = () => new PackFault('malformed', 'it is not one gzip file, or is damaged');

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

const [HEADER_SUM, EXTRA, NAME, COMMENT, RESERVED] = [2, 4, 8, 16, 0xe0];

/** RFC 1952 section 2.3. Throws PackFault. */
function headerEnd(bytes: Buffer): number {
  const flags = bytes[3] ?? RESERVED;
  if (bytes.length < 12 || !isGzip(bytes) || bytes[2] !== 8 || flags & RESERVED) throw damaged();
  let at = 10;
  if (flags & EXTRA) at += 2 + bytes.readUInt16LE(at);
  for (const text of [NAME, COMMENT]) {
    if (!(flags & text)) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) throw damaged();
    at = end + 1;
  }
  if (flags & HEADER_SUM) {
    if (at + 2 > bytes.length || bytes.readUInt16LE(at) !== crc32(bytes.subarray(0, at)) % 65_536) throw damaged();
    at += 2;
  }
  return at;
}
