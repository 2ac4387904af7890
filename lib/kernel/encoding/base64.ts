const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PAD = 61;
const INVALID = 64;

/** By UTF-16 code unit, so that any character of hostile text is inside. */
const VALUE = new Uint8Array(65_536).fill(INVALID);
for (let i = 0; i < 64; i++) VALUE[ALPHABET.charCodeAt(i)] = i;

/**
 * Standard base64 with padding (RFC 4648 section 4), canonical only: foreign characters, missing padding, the URL
 * alphabet and non-zero bits under the padding are all refused with null. One byte sequence has one text.
 */
export function decodeBase64(text: string, from = 0): Uint8Array | null {
  const length = text.length - from;
  if (length < 0 || length % 4 !== 0) return null;
  if (length === 0) return new Uint8Array(0);
  const end = text.length;
  const padding = text.charCodeAt(end - 1) !== PAD ? 0 : text.charCodeAt(end - 2) !== PAD ? 1 : 2;
  const bytes = new Uint8Array((length / 4) * 3 - padding);
  const whole = padding === 0 ? end : end - 4;

  let at = 0;
  let seen = 0;
  let i = from;
  for (; i < whole; i += 4) {
    const a = value(text, i);
    const b = value(text, i + 1);
    const c = value(text, i + 2);
    const d = value(text, i + 3);
    seen |= a | b | c | d;
    bytes[at++] = (a << 2) | (b >> 4);
    bytes[at++] = (b << 4) | (c >> 2);
    bytes[at++] = (c << 6) | d;
  }
  if (padding > 0) {
    const a = value(text, i);
    const b = value(text, i + 1);
    const c = padding === 1 ? value(text, i + 2) : 0;
    seen |= a | b | c;
    bytes[at++] = (a << 2) | (b >> 4);
    if (padding === 1) bytes[at++] = (b << 4) | (c >> 2);
    const leftover = padding === 1 ? c & 0b11 : b & 0b1111;
    if (leftover !== 0) return null;
  }
  // Only an invalid character has the bit above the six of a digit.
  return seen >= INVALID ? null : bytes;
}

const value = (text: string, index: number): number => VALUE[text.charCodeAt(index)]!;

/** Standard base64 with padding (RFC 4648 section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  let i = 0;
  for (; i + 2 < bytes.length; i += 3) {
    const n = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
    text += ALPHABET[n >> 18]! + ALPHABET[(n >> 12) & 63]! + ALPHABET[(n >> 6) & 63]! + ALPHABET[n & 63]!;
  }
  if (i + 1 === bytes.length) {
    const n = bytes[i]! << 16;
    text += `${ALPHABET[n >> 18]}${ALPHABET[(n >> 12) & 63]}==`;
  } else if (i + 2 === bytes.length) {
    const n = (bytes[i]! << 16) | (bytes[i + 1]! << 8);
    text += `${ALPHABET[n >> 18]}${ALPHABET[(n >> 12) & 63]}${ALPHABET[(n >> 6) & 63]}=`;
  }
  return text;
}
