/**
 * The short way for what tokens are: a small zlib stream (RFC 1950) of stored and fixed-Huffman blocks (RFC 1951 3.2.6).
 * Setting up a zlib object costs several times more than reading such a stream. It only ever says yes: anything else
 * (dynamic blocks, longer output, any damage) answers null and zlib itself decides.
 */
export const MAX_SMALL_OUTPUT = 1024;

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];

/** By the next nine bits as they come: `code length << 9 | symbol`. */
const SYMBOLS = new Uint16Array(512);
function assign(first: number, last: number, code: number, length: number): void {
  for (let symbol = first; symbol <= last; symbol++, code++) {
    const low = reverse(code, length);
    for (let high = 0; high < 512 >> length; high++) SYMBOLS[low | (high << length)] = (length << 9) | symbol;
  }
}
assign(0, 143, 0b00110000, 8);
assign(144, 255, 0b110010000, 9);
assign(256, 279, 0b0000000, 7);
assign(280, 287, 0b11000000, 8);

const DISTANCES = Uint8Array.from({ length: 32 }, (_, code) => reverse(code, 5));

function reverse(code: number, length: number): number {
  let reversed = 0;
  for (let i = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
  return reversed;
}

const scratch = new Uint8Array(MAX_SMALL_OUTPUT);

/** `consumed` counts input bytes up to and including the checksum; the output is a fresh copy. */
export function inflateSmall(input: Uint8Array): { output: Uint8Array; consumed: number } | null {
  const end = input.length;
  if (end < 8) return null;
  const header = (input[0]! << 8) | input[1]!;
  // Deflate with at most a 32 KiB window, header checksum right, no preset dictionary.
  if ((header & 0x0f00) !== 0x0800 || header >> 12 > 7 || header % 31 !== 0 || (header & 0x20) !== 0) return null;

  let at = 2;
  let bits = 0;
  let held = 0;
  let out = 0;
  for (let final = false; !final; ) {
    while (held < 3) {
      if (at >= end) return null;
      bits |= input[at++]! << held;
      held += 8;
    }
    final = (bits & 1) === 1;
    const type = (bits >> 1) & 3;
    bits >>>= 3;
    held -= 3;

    if (type === 0) {
      at -= held >> 3;
      bits = held = 0;
      if (at + 4 > end) return null;
      const length = input[at]! | (input[at + 1]! << 8);
      const complement = input[at + 2]! | (input[at + 3]! << 8);
      at += 4;
      if ((length ^ complement) !== 0xffff || at + length > end || out + length > MAX_SMALL_OUTPUT) return null;
      for (let i = 0; i < length; i++) scratch[out++] = input[at++]!;
      continue;
    }
    if (type !== 1) return null;

    for (;;) {
      // At most 9 + 5 bits of a length, then 5 + 13 of a distance: refilled in between, 32 bits hold them.
      while (held < 16 && at < end) {
        bits |= input[at++]! << held;
        held += 8;
      }
      const entry = SYMBOLS[bits & 511]!;
      bits >>>= entry >> 9;
      held -= entry >> 9;
      const symbol = entry & 511;
      if (held < 0) return null;
      if (symbol < 256) {
        if (out === MAX_SMALL_OUTPUT) return null;
        scratch[out++] = symbol;
        continue;
      }
      if (symbol === 256) break;
      if (symbol > 285) return null;

      const lengthExtra = LENGTH_EXTRA[symbol - 257]!;
      const length = LENGTH_BASE[symbol - 257]! + (bits & ((1 << lengthExtra) - 1));
      bits >>>= lengthExtra;
      held -= lengthExtra;
      while (held < 18 && at < end) {
        bits |= input[at++]! << held;
        held += 8;
      }
      const code = DISTANCES[bits & 31]!;
      if (code > 29) return null;
      bits >>>= 5;
      const distanceExtra = DISTANCE_EXTRA[code]!;
      const distance = DISTANCE_BASE[code]! + (bits & ((1 << distanceExtra) - 1));
      bits >>>= distanceExtra;
      held -= 5 + distanceExtra;
      if (held < 0 || distance > out || out + length > MAX_SMALL_OUTPUT) return null;
      for (let i = 0; i < length; i++, out++) scratch[out] = scratch[out - distance]!;
    }
  }

  at -= held >> 3;
  if (at + 4 > end || adler32(out) !== checksum(input, at)) return null;
  return { output: scratch.slice(0, out), consumed: at + 4 };
}

/** Over the first `length` bytes of the scratch; 1024 bytes cannot overflow before the one reduction at the end. */
function adler32(length: number): number {
  let a = 1;
  let b = 0;
  for (let i = 0; i < length; i++) {
    a += scratch[i]!;
    b += a;
  }
  return (((b % 65_521) << 16) | (a % 65_521)) >>> 0;
}

function checksum(input: Uint8Array, at: number): number {
  return ((input[at]! << 24) | (input[at + 1]! << 16) | (input[at + 2]! << 8) | input[at + 3]!) >>> 0;
}
