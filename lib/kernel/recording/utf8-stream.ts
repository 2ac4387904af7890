/**
 * Text out of chunks of UTF-8 that end wherever they like, also inside a character. What is not UTF-8 becomes U+FFFD, as the Encoding
 * Standard says, so the text is the same however the bytes were cut.
 */
export class Utf8Stream {
  private held: Uint8Array = NOTHING;

  /** The text that is complete so far; up to three bytes wait for the next chunk. */
  push(chunk: Uint8Array): string {
    const bytes = this.held.length === 0 ? chunk : concat(this.held, chunk);
    const end = bytes.length - unfinished(bytes);
    this.held = bytes.slice(end);
    return decoder.decode(bytes.subarray(0, end));
  }

  /** What still waited, as U+FFFD. */
  end(): string {
    const text = decoder.decode(this.held);
    this.held = NOTHING;
    return text;
  }
}

const NOTHING = new Uint8Array(0);
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Bytes at the end from a first byte on that promises more than there are. A first byte always begins anew, so the cut changes nothing. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return lengthFrom(byte) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

const lengthFrom = (first: number): number => (first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 1);
