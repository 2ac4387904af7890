import { PackFault, type PackSource, readTar } from '@/lib/kernel/pack';

/** Read from the medium at once. */
const READ_BYTES = 1_048_576;
/** Unpacked at once. Deflate makes at most 1032 bytes of one, and the browser hands out all of them together. */
const PIECE_BYTES = 16_384;
/** Given on at once. */
const CHUNK_BYTES = 65_536;

/**
 * A pack in a file of the browser: the gzipped tar, or the tar alone, which some browsers leave of a download. Memory is that of one piece
 * however long the file is and whatever it unpacks to; how much is unpacked at all is for the reader of the tar to say. Every reading
 * begins anew.
 */
export function openPack(file: Blob): PackSource {
  return {
    async *files() {
      const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
      const isGzip = head[0] === 0x1f && head[1] === 0x8b;
      yield* readTar(isGzip ? unzipped(file) : plain(file));
    },
  };
}

async function* plain(file: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += READ_BYTES) {
    yield* cut(new Uint8Array(await file.slice(at, at + READ_BYTES).arrayBuffer()), CHUNK_BYTES);
  }
}

/** Throws PackFault for what is no gzip file, and what the file throws. */
async function* unzipped(file: Blob): AsyncGenerator<Uint8Array> {
  const gunzip = new DecompressionStream('gzip');
  const reader = gunzip.readable.getReader();
  const medium: Medium = {};
  // Its outcome comes out of the reader.
  void feed(file, gunzip.writable.getWriter(), medium);
  // Nobody ends it early: what is not read is not unpacked, and forgotten with the reader.
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      if (medium.error !== undefined) throw medium.error;
      throw new PackFault('malformed', 'it is not a gzip file, or is damaged');
    });
    if (done) return;
    yield* cut(value, CHUNK_BYTES);
  }
}

/** What went wrong in reading, as opposed to unpacking. */
interface Medium {
  error?: unknown;
}

async function feed(file: Blob, writer: WritableStreamDefaultWriter<BufferSource>, medium: Medium): Promise<void> {
  const read = (at: number) =>
    file
      .slice(at, at + READ_BYTES)
      .arrayBuffer()
      .catch((error: unknown) => {
        medium.error = error;
        throw error;
      });
  try {
    for (let at = 0; at < file.size; at += READ_BYTES) {
      for (const piece of cut(new Uint8Array(await read(at)), PIECE_BYTES)) await writer.write(piece);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
  }
}

function* cut(bytes: Uint8Array<ArrayBuffer>, length: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
