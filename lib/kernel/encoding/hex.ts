const DIGITS = '0123456789abcdef';
const DIGIT_CODES = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0));
const CHUNK = 1024;

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += CHUNK) {
    const to = Math.min(from + CHUNK, bytes.length);
    const codes = new Array<number>(2 * (to - from));
    for (let i = from, at = 0; i < to; i++) {
      codes[at++] = DIGIT_CODES[bytes[i]! >> 4]!;
      codes[at++] = DIGIT_CODES[bytes[i]! & 15]!;
    }
    text += String.fromCharCode.apply(null, codes);
  }
  return text;
}

/** Accepts both cases; null for an odd length or a foreign character. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !isHex(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Whether every character is a hex digit, and there are `length` of them when given. */
export function isHex(text: string, length = text.length): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const digit = code >= 48 && code <= 57;
    const letter = (code | 32) >= 97 && (code | 32) <= 102;
    if (!digit && !letter) return false;
  }
  return true;
}
