import { type Codes, codesOf, FIXED_DISTANCES, FIXED_SYMBOLS } from './huffman';

/**
 * Inflates a zlib stream (RFC 1950, RFC 1951) without ever holding more than `maxOutput` bytes. Written for tokens: a short
 * stream in fixed codes, the usual case, costs a third of setting up a zlib object, and a damaged one costs no exception.
 * Trailing bytes are left alone; `consumed` says where the stream ended.
 */
export function inflate(
  input: Uint8Array,
  maxOutput: number,
): { ok: true; output: Uint8Array; consumed: number } | { ok: false; reason: 'too_large' | 'corrupt' } {
  if (!isZlibHeader(input)) return { ok: false, reason: 'corrupt' };
  const state: State = { input, at: 2, bits: 0, held: 0, output: scratch, out: 0, maxOutput };
  for (let final = 0; final === 0; ) {
    final = take(state, 1);
    const type = take(state, 2);
    const outcome = type === 0 ? stored(state) : type === 1 ? fixed(state) : type === 2 ? dynamic(state) : 'corrupt';
    if (outcome !== 'done') return { ok: false, reason: outcome };
  }
  const { out, output } = state;
  const end = state.at - (state.held >> 3) + 4;
  if (end > input.length || adler32(output, out) !== bigEndian(input, end - 4)) return { ok: false, reason: 'corrupt' };
  const copied = new Uint8Array(out);
  copied.set(out === output.length ? output : output.subarray(0, out));
  return { ok: true, output: copied, consumed: end };
}

interface State {
  input: Uint8Array;
  /** Next input byte. */
  at: number;
  /** Bits taken from the input and not used, lowest first, and how many. */
  bits: number;
  held: number;
  output: Uint8Array;
  out: number;
  maxOutput: number;
}

type Outcome = 'done' | 'too_large' | 'corrupt';

/** Shared by all calls, which cannot overlap, and grown to what a token may need; larger outputs get their own. */
let scratch = new Uint8Array(1024);
const MAX_SCRATCH = 65_536;

/** Section 3.2.5: extra bits of each length and distance code, and the value each begins at: where the one before ends. */
const LENGTH_EXTRA = Uint8Array.from({ length: 29 }, (_, code) => (code < 4 || code === 28 ? 0 : (code >> 2) - 1));
const DISTANCE_EXTRA = Uint8Array.from({ length: 30 }, (_, code) => (code < 2 ? 0 : (code >> 1) - 1));
const LENGTH_BASE = startsOf(LENGTH_EXTRA, 3);
const DISTANCE_BASE = startsOf(DISTANCE_EXTRA, 1);
// The last length code is the exception: exactly 258, though the code before it reaches there too.
LENGTH_BASE[28] = 258;

function startsOf(extra: Uint8Array, first: number): Uint16Array {
  const starts = new Uint16Array(extra.length);
  for (let code = 0, start = first; code < extra.length; code++) {
    starts[code] = start;
    start += 1 << extra[code]!;
  }
  return starts;
}

const END_OF_BLOCK = 256;
const LENGTH_SYMBOLS = LENGTH_BASE.length;
const DISTANCE_SYMBOLS = DISTANCE_BASE.length;

/** Deflate with at most a 32 KiB window, header checksum right, no preset dictionary (RFC 1950 section 2.2). */
function isZlibHeader(input: Uint8Array): boolean {
  if (input.length < 2) return false;
  const header = (input[0]! << 8) | input[1]!;
  return (header & 0x0f00) === 0x0800 && header >> 12 <= 7 && header % 31 === 0 && (header & 0x20) === 0;
}

/** The next `count` (at most 16) bits; -1 at the end of the input, which no caller takes for a value. */
function take(state: State, count: number): number {
  while (state.held < count) {
    if (state.at >= state.input.length) return -1;
    state.bits |= state.input[state.at++]! << state.held;
    state.held += 8;
  }
  const value = state.bits & ((1 << count) - 1);
  state.bits >>>= count;
  state.held -= count;
  return value;
}

/** Whether `more` bytes fit, making room for them. */
function fits(state: State, more: number): boolean {
  const needed = state.out + more;
  if (needed > state.maxOutput) return false;
  if (needed > state.output.length) {
    const larger = new Uint8Array(Math.min(state.maxOutput, Math.max(needed, 4 * state.output.length)));
    larger.set(state.output.subarray(0, state.out));
    state.output = larger;
    if (larger.length <= MAX_SCRATCH) scratch = larger;
  }
  return true;
}

function stored(state: State): Outcome {
  const { input } = state;
  let at = state.at - (state.held >> 3);
  state.bits = state.held = 0;
  if (at + 4 > input.length) return 'corrupt';
  const length = input[at]! | (input[at + 1]! << 8);
  const complement = input[at + 2]! | (input[at + 3]! << 8);
  at += 4;
  if ((length ^ complement) !== 0xffff || at + length > input.length) return 'corrupt';
  if (!fits(state, length)) return 'too_large';
  state.output.set(input.subarray(at, at + length), state.out);
  state.out += length;
  state.at = at + length;
  return 'done';
}

/** Fixed codes by table. The state is kept in locals, for this is the way every ordinary token goes. */
function fixed(state: State): Outcome {
  const { input } = state;
  const end = input.length;
  let { at, bits, held, output, out } = state;
  let room = Math.min(output.length, state.maxOutput);
  for (;;) {
    if (held < 9) {
      if (at + 1 < end) {
        bits |= (input[at]! | (input[at + 1]! << 8)) << held;
        at += 2;
        held += 16;
      } else if (at < end) {
        bits |= input[at++]! << held;
        held += 8;
      }
    }
    const entry = FIXED_SYMBOLS[bits & 511]!;
    bits >>>= entry >> 9;
    held -= entry >> 9;
    const symbol = entry & 511;
    if (held < 0) return 'corrupt';
    if (symbol < END_OF_BLOCK) {
      if (out === room) {
        state.out = out;
        if (!fits(state, 1)) return 'too_large';
        output = state.output;
        room = Math.min(output.length, state.maxOutput);
      }
      output[out++] = symbol;
      continue;
    }
    state.at = at;
    state.bits = bits;
    state.held = held;
    state.out = out;
    if (symbol === END_OF_BLOCK) return 'done';
    const length = lengthOf(state, symbol);
    const code = take(state, 5);
    if (length < 0 || code < 0) return 'corrupt';
    const outcome = copy(state, length, FIXED_DISTANCES[code]!);
    if (outcome !== 'done') return outcome;
    ({ at, bits, held, output, out } = state);
    room = Math.min(output.length, state.maxOutput);
  }
}

function lengthOf(state: State, symbol: number): number {
  const index = symbol - END_OF_BLOCK - 1;
  if (index >= LENGTH_SYMBOLS) return -1;
  const extra = take(state, LENGTH_EXTRA[index]!);
  return extra < 0 ? -1 : LENGTH_BASE[index]! + extra;
}

/** Repeats `length` bytes from the distance that symbol `code` begins. */
function copy(state: State, length: number, code: number): Outcome {
  if (code >= DISTANCE_SYMBOLS) return 'corrupt';
  const extra = take(state, DISTANCE_EXTRA[code]!);
  const distance = DISTANCE_BASE[code]! + extra;
  if (extra < 0 || distance > state.out) return 'corrupt';
  if (!fits(state, length)) return 'too_large';
  const { output, out } = state;
  const end = out + length;
  // A run of one byte is what bombs are made of; otherwise byte by byte, for the copy may read what it has just written.
  if (distance === 1) output.fill(output[out - 1]!, out, end);
  else for (let i = out; i < end; i++) output[i] = output[i - distance]!;
  state.out = end;
  return 'done';
}

/** Codes sent along (section 3.2.7). */
function dynamic(state: State): Outcome {
  const codes = readCodes(state);
  if (codes === null) return 'corrupt';
  const [symbols, distances] = codes;
  for (;;) {
    const symbol = decode(state, symbols);
    if (symbol < 0) return 'corrupt';
    if (symbol === END_OF_BLOCK) return 'done';
    if (symbol < END_OF_BLOCK) {
      if (!fits(state, 1)) return 'too_large';
      state.output[state.out++] = symbol;
      continue;
    }
    const length = lengthOf(state, symbol);
    const code = length < 0 ? -1 : decode(state, distances);
    if (code < 0) return 'corrupt';
    const outcome = copy(state, length, code);
    if (outcome !== 'done') return outcome;
  }
}

/** The next symbol, reading bit by bit: such streams are rare here and tables would cost more than they save. */
function decode(state: State, { counts, symbols, longest }: Codes): number {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= longest; length++) {
    const bit = take(state, 1);
    if (bit < 0) return -1;
    code |= bit;
    const count = counts[length]!;
    if (code - first < count) return symbols[index + code - first]!;
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  return -1;
}

const LENGTH_CODE_ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);

function readCodes(state: State): [Codes, Codes] | null {
  const symbolCount = take(state, 5) + 257;
  const distanceCount = take(state, 5) + 1;
  const lengthCount = take(state, 4) + 4;
  if (lengthCount < 4 || symbolCount > 286 || distanceCount > DISTANCE_SYMBOLS) return null;
  const ofLengths = new Uint8Array(19);
  for (let i = 0; i < lengthCount; i++) {
    const length = take(state, 3);
    if (length < 0) return null;
    ofLengths[LENGTH_CODE_ORDER[i]!] = length;
  }
  const lengthCodes = codesOf(ofLengths);
  if (lengthCodes === null || !lengthCodes.complete) return null;
  const lengths = readLengths(state, lengthCodes, symbolCount + distanceCount);
  if (lengths === null || lengths[END_OF_BLOCK] === 0) return null;
  const symbols = codesOf(lengths.subarray(0, symbolCount));
  const distances = codesOf(lengths.subarray(symbolCount));
  if (symbols === null || distances === null) return null;
  // One code alone may leave its other half unused; no other gap is allowed (section 3.2.7).
  if ((!symbols.complete && symbols.longest > 1) || (!distances.complete && distances.longest > 1)) return null;
  return [symbols, distances];
}

/** Code lengths, run-length coded: 16 repeats the last, 17 and 18 are runs of zeros. */
function readLengths(state: State, codes: Codes, count: number): Uint8Array | null {
  const lengths = new Uint8Array(count);
  for (let i = 0; i < count; ) {
    const symbol = decode(state, codes);
    if (symbol < 0 || (symbol === 16 && i === 0)) return null;
    if (symbol < 16) {
      lengths[i++] = symbol;
      continue;
    }
    const extra = take(state, symbol === 16 ? 2 : symbol === 17 ? 3 : 7);
    const times = extra + (symbol === 18 ? 11 : 3);
    if (extra < 0 || i + times > count) return null;
    lengths.fill(symbol === 16 ? lengths[i - 1]! : 0, i, i + times);
    i += times;
  }
  return lengths;
}

/** RFC 1950 section 9. 2048 bytes cannot carry the sums past 32 bits. */
function adler32(bytes: Uint8Array, length: number): number {
  let a = 1;
  let b = 0;
  for (let from = 0; from < length; from += 2048) {
    const to = Math.min(length, from + 2048);
    for (let i = from; i < to; i++) {
      a += bytes[i]!;
      b += a;
    }
    a %= 65_521;
    b %= 65_521;
  }
  return ((b << 16) | a) >>> 0;
}

function bigEndian(input: Uint8Array, at: number): number {
  return ((input[at]! << 24) | (input[at + 1]! << 16) | (input[at + 2]! << 8) | input[at + 3]!) >>> 0;
}
