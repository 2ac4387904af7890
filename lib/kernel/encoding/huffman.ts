/** Canonical Huffman codes as deflate uses them (RFC 1951 section 3.2.2). */
const MAX_BITS = 15;

/** Symbols in the order of their codes, and how many codes there are of each length. */
export interface Codes {
  counts: Uint16Array;
  symbols: Uint16Array;
  /** Whether every sequence of bits is a code. */
  complete: boolean;
  longest: number;
}

/** Null when the lengths ask for more codes than there are. */
export function codesOf(lengths: Uint8Array): Codes | null {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (let i = 0; i < lengths.length; i++) counts[lengths[i]!]!++;
  counts[0] = 0;
  const offsets = new Uint16Array(MAX_BITS + 2);
  let left = 1;
  let longest = 0;
  for (let length = 1; length <= MAX_BITS; length++) {
    left = 2 * left - counts[length]!;
    if (left < 0) return null;
    if (counts[length]! > 0) longest = length;
    offsets[length + 1] = offsets[length]! + counts[length]!;
  }
  const symbols = new Uint16Array(offsets[MAX_BITS + 1]!);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length > 0) symbols[offsets[length]!++] = symbol;
  }
  return { counts, symbols, complete: left === 0, longest };
}

/** The fixed literal and length codes (section 3.2.6), by the next nine bits as they come: `code length << 9 | symbol`. */
export const FIXED_SYMBOLS = new Uint16Array(512);
/** The fixed distance codes, by the next five bits as they come. */
export const FIXED_DISTANCES = Uint8Array.from({ length: 32 }, (_, code) => reverse(code, 5));

function assign(first: number, last: number, firstCode: number, length: number): void {
  for (let symbol = first; symbol <= last; symbol++) {
    const low = reverse(firstCode + symbol - first, length);
    for (let high = 0; high < 512 >> length; high++) FIXED_SYMBOLS[low | (high << length)] = (length << 9) | symbol;
  }
}
assign(0, 143, 0b00110000, 8);
assign(144, 255, 0b110010000, 9);
assign(256, 279, 0b0000000, 7);
assign(280, 287, 0b11000000, 8);

function reverse(code: number, length: number): number {
  let reversed = 0;
  for (let i = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
  return reversed;
}
