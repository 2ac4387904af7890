import { HASH_BYTES, type Hash, leafHash, SALT_BYTES } from '../log';
import { utf8 } from '../log/bytes';
import type { Kind } from './cast';

const LINE = utf8('cordon/recording/line/v1\n');
const ENTRY = utf8('cordon/recording/entry/v1\n');

/** What stands in the tree for a line. It tells nothing of the line to those without its salt, except when and of what kind it was. */
export interface Sealed {
  /** Microseconds; 0 of the header. */
  readonly time: number;
  /** `h` is the header. */
  readonly kind: Kind | 'h';
  /** 32 bytes. */
  readonly commitment: Uint8Array;
}

/** SHA-256(tag | u64 number | salt | line). The line ends the data, so no length is needed. */
export function commitLine({ sha256 }: Hash, number: number, salt: Uint8Array, line: Uint8Array): Uint8Array {
  const input = new Uint8Array(LINE.length + 8 + SALT_BYTES + line.length);
  input.set(LINE);
  u64(input, LINE.length, number);
  input.set(salt, LINE.length + 8);
  input.set(line, LINE.length + 8 + SALT_BYTES);
  return sha256(input);
}

/** SHA-256(0x00 | tag | u64 time | u8 kind | commitment). */
export function sealedLeaf(hash: Hash, { time, kind, commitment }: Sealed): Uint8Array {
  const entry = new Uint8Array(ENTRY.length + 9 + HASH_BYTES);
  entry.set(ENTRY);
  u64(entry, ENTRY.length, time);
  entry[ENTRY.length + 8] = kind.charCodeAt(0);
  entry.set(commitment, ENTRY.length + 9);
  return leafHash(hash, entry);
}

/** Big-endian. By division, because bit operators cut to 32 bits. */
function u64(into: Uint8Array, at: number, value: number): void {
  for (let i = 7, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) into[at + i] = rest % 256;
}
