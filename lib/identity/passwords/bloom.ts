/**
 * The file format of a Bloom filter over SHA-1 digests, the form in which lists of breached passwords are passed on. Header of 16 bytes: `CRDNBLM1`,
 * then the number of hash functions and of bits (32 and 48 bits would do; both stand as big-endian integers of 2 and 6 bytes). The bits follow, lowest first.
 */
const MAGIC = 'CRDNBLM1';
export const HEADER_BYTES = 16;

export interface Shape {
  readonly hashes: number;
  readonly bits: bigint;
}

/** Bits and hash functions that let through at most this share of what was never put in. */
export function shapeFor(entries: number, falsePositives: number): Shape {
  const perEntry = -Math.log(falsePositives) / Math.LN2 ** 2;
  const bits = BigInt(Math.ceil((Math.max(1, entries) * perEntry) / 8) * 8);
  return { bits, hashes: Math.max(1, Math.round(perEntry * Math.LN2)) };
}

export function header({ hashes, bits }: Shape): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt16BE(hashes, 8);
  bytes.writeUIntBE(Number(bits), 10, 6);
  return bytes;
}

/** Throws for a file that is no filter. */
export function readHeader(bytes: Buffer): Shape {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC)
    throw new Error('not a filter made by `cordon passwords build`');
  return { hashes: bytes.readUInt16BE(8), bits: BigInt(bytes.readUIntBE(10, 6)) };
}

/** The bits a digest of 20 bytes stands for: double hashing (Kirsch and Mitzenmacher) over its first 16. */
export function positionsOf(digest: Uint8Array, bits: bigint, hashes: number): bigint[] {
  const view = Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength);
  const [a, b] = [view.readBigUInt64BE(0), view.readBigUInt64BE(8) | 1n];
  return Array.from({ length: hashes }, (_, n) => BigInt.asUintN(64, a + BigInt(n) * b) % bits);
}
