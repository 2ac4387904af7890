import { joined, sameBytes } from './bytes';
import { malformed } from './faults';
import type { PackFile } from './files';
import { MAX_FILE_BYTES } from './limits';

/**
 * The archive of a pack: POSIX ustar with plain files only, of mode 0644, owner 0 and time 0, then two empty blocks and nothing more. A
 * header has one spelling, so reading one is making it again and comparing.
 */
const BLOCK = 512;
const NAME = /^[\x21-\x7e]{1,100}$/;
const SIZE_AT = 124;
const CHECKSUM_AT = 148;

/** Throws RangeError for a name that is not 1 to 100 characters of printable ASCII without spaces, and beyond 8 GiB - 1. */
export function tarHeader(name: string, bytes: number): Uint8Array {
  if (!NAME.test(name) || !Number.isSafeInteger(bytes) || bytes < 0 || bytes > MAX_FILE_BYTES) {
    throw new RangeError('pack.tar_header');
  }
  const header = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) header[at + i] = text.charCodeAt(i);
  };
  put(0, name);
  put(100, '0000644\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(SIZE_AT, `${bytes.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  // The checksum is taken as if its own place were spaces.
  put(CHECKSUM_AT, '        0');
  put(257, 'ustar\x0000');
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  put(CHECKSUM_AT, `${checksum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

export interface TarMember {
  readonly name: string;
  readonly bytes: number;
  /** Exactly `bytes` bytes. */
  read(): AsyncIterable<Uint8Array>;
}

/** Throws RangeError when a member gives another number of bytes than it says. */
export async function* writeTar(members: Iterable<TarMember>): AsyncGenerator<Uint8Array> {
  for (const member of members) {
    yield tarHeader(member.name, member.bytes);
    let written = 0;
    for await (const chunk of member.read()) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== member.bytes) throw new RangeError('pack.tar_member');
    yield new Uint8Array(paddingOf(member.bytes));
  }
  yield new Uint8Array(2 * BLOCK);
}

/** Reads a hostile archive front to back with the memory of one chunk. Throws PackFault. */
export async function* readTar(archive: AsyncIterable<Uint8Array>): AsyncGenerator<PackFile> {
  const input = new Input(archive);
  try {
    for (;;) {
      const header = await input.take(BLOCK);
      if (isEmpty(header)) break;
      const { name, bytes } = parseHeader(header);
      const data = input.stream(bytes);
      yield { name, bytes, data };
      for await (const _ of data);
      if (!isEmpty(await input.take(paddingOf(bytes)))) throw malformed('the archive has bytes between its files');
    }
    if (!isEmpty(await input.take(BLOCK)) || !(await input.ended())) {
      throw malformed('the archive goes on after its end');
    }
  } finally {
    await input.close();
  }
}

function parseHeader(header: Uint8Array): { name: string; bytes: number } {
  const ascii = (from: number, to: number) => String.fromCharCode(...header.subarray(from, to));
  const name = ascii(0, 100).replace(/\0+$/, '');
  const size = ascii(SIZE_AT, SIZE_AT + 11);
  const bytes = /^[0-7]{11}$/.test(size) ? Number.parseInt(size, 8) : -1;
  if (!NAME.test(name) || bytes < 0 || !sameBytes(tarHeader(name, bytes), header)) {
    throw malformed('the archive is not the tar of a pack');
  }
  return { name, bytes };
}

const paddingOf = (bytes: number): number => (BLOCK - (bytes % BLOCK)) % BLOCK;
const isEmpty = (block: Uint8Array): boolean => block.every((byte) => byte === 0);

class Input {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);

  constructor(archive: AsyncIterable<Uint8Array>) {
    this.chunks = archive[Symbol.asyncIterator]();
  }

  async take(bytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const part of this.stream(bytes)) parts.push(part);
    return joined(parts);
  }

  /** The next `bytes` bytes; asking again goes on where the last asking stopped. */
  stream(bytes: number): AsyncIterable<Uint8Array> {
    let left = bytes;
    const next = async (): Promise<IteratorResult<Uint8Array>> => {
      if (left === 0) return { done: true, value: undefined };
      if (!(await this.fill())) throw malformed('the archive is cut off');
      const value = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(value.length);
      left -= value.length;
      return { done: false, value };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  async ended(): Promise<boolean> {
    return !(await this.fill());
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  /** Whether there is a byte. */
  private async fill(): Promise<boolean> {
    while (this.rest.length === 0) {
      const { done, value } = await this.chunks.next();
      if (done) return false;
      this.rest = value;
    }
    return true;
  }
}
