/**
 * UTF-8 (RFC 3629) by hand: the kernel runs where neither Buffer nor TextDecoder may be assumed, and most of what it
 * reads is short ASCII, for which this is also the fastest way.
 */

/** Encodes text; null when it holds a lone surrogate, which has no UTF-8 form. */
export function toUtf8(text: string): Uint8Array | null {
  const length = utf8Length(text);
  if (length < 0) return null;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      bytes[at++] = code;
    } else if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6);
      bytes[at++] = 0x80 | (code & 63);
    } else if (code < 0xd800 || code > 0xdfff) {
      bytes[at++] = 0xe0 | (code >> 12);
      bytes[at++] = 0x80 | ((code >> 6) & 63);
      bytes[at++] = 0x80 | (code & 63);
    } else {
      code = 0x10000 + ((code - 0xd800) << 10) + (text.charCodeAt(++i) - 0xdc00);
      bytes[at++] = 0xf0 | (code >> 18);
      bytes[at++] = 0x80 | ((code >> 12) & 63);
      bytes[at++] = 0x80 | ((code >> 6) & 63);
      bytes[at++] = 0x80 | (code & 63);
    }
  }
  return bytes;
}

/** Bytes the text takes in UTF-8; -1 when it holds a lone surrogate. */
export function utf8Length(text: string): number {
  if (text.length > LONG && !NOT_ASCII.test(text)) return text.length;
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) length += 1;
    else if (code < 0xd800 || code > 0xdfff) length += 2;
    else {
      const next = text.charCodeAt(i + 1);
      if (code > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return -1;
      length += 2;
      i++;
    }
  }
  return length;
}

/** From here on an expression is faster than a loop, above all over text that was put together of pieces. */
const LONG = 256;
const NOT_ASCII = /[^\0-\x7f]/;

/** Decodes bytes `from`..`to`; null when they are not well-formed UTF-8 (overlong, surrogate, cut or above U+10FFFF). */
export function fromUtf8(bytes: Uint8Array, from = 0, to = bytes.length): string | null {
  if (to - from <= MAX_CALL_ARGUMENTS && isAscii(bytes, from, to)) {
    // One flat string at once; growing it by characters makes a tree that every later comparison has to flatten.
    return String.fromCharCode.apply(null, bytes.subarray(from, to) as unknown as number[]);
  }
  let text = '';
  for (let i = from; i < to; ) {
    const first = bytes[i]!;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      i++;
      continue;
    }
    const extra = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
    if (extra === 0 || i + extra >= to) return null;
    let code = first & (0x3f >> extra);
    for (let k = 1; k <= extra; k++) {
      const next = bytes[i + k]!;
      if ((next & 0xc0) !== 0x80) return null;
      code = (code << 6) | (next & 0x3f);
    }
    const overlong = (extra === 2 && code < 0x800) || (extra === 3 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
    text += String.fromCodePoint(code);
    i += extra + 1;
  }
  return text;
}

/** A function takes only so many arguments. */
const MAX_CALL_ARGUMENTS = 1024;

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    if (bytes[i]! >= 0x80) return false;
  }
  return true;
}
