import { fromUtf8 } from './utf8';

/**
 * Reads little-endian fields with bounds checks. A read past the end (or a text that is not UTF-8) sets `failed` and
 * answers zero or nothing, so a parser checks once per structure instead of throwing on hostile input.
 */
export class Reader {
  failed = false;

  constructor(
    private readonly bytes: Uint8Array,
    private at = 0,
    private readonly end = bytes.length,
  ) {}

  get position(): number {
    return this.at;
  }

  get remaining(): number {
    return this.end - this.at;
  }

  u16(): number {
    const at = this.take(2);
    return at < 0 ? 0 : this.bytes[at]! | (this.bytes[at + 1]! << 8);
  }

  i16(): number {
    return (this.u16() << 16) >> 16;
  }

  u32(): number {
    const at = this.take(4);
    if (at < 0) return 0;
    const { bytes } = this;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }

  /** A u16 length and that many bytes, as a view. */
  block(): Uint8Array {
    const length = this.u16();
    const at = this.take(length);
    return at < 0 ? EMPTY : this.bytes.subarray(at, at + length);
  }

  /** A u16 length and that many bytes of UTF-8. */
  text(): string {
    const length = this.u16();
    const at = this.take(length);
    if (at < 0) return '';
    const text = fromUtf8(this.bytes, at, at + length);
    if (text === null) this.failed = true;
    return text ?? '';
  }

  private take(length: number): number {
    const at = this.at;
    if (this.failed || length > this.end - at) {
      this.failed = true;
      return -1;
    }
    this.at = at + length;
    return at;
  }
}

const EMPTY = new Uint8Array(0);
