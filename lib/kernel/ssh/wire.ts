import { fromUtf8, toUtf8 } from '../encoding';

/**
 * The data types of SSH (RFC 4251 section 5): big-endian numbers, and strings after a u32 length. A read past the end sets `failed` and
 * answers zero or nothing, so a parser checks once per structure.
 */
export class WireReader {
  failed = false;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get position(): number {
    return this.at;
  }

  /** Whether everything was read, and nothing beyond it. */
  get done(): boolean {
    return !this.failed && this.at === this.bytes.length;
  }

  u32(): number {
    const at = this.take(4);
    return at < 0 ? 0 : this.view(at, 4).getUint32(0);
  }

  u64(): bigint {
    const at = this.take(8);
    return at < 0 ? 0n : this.view(at, 8).getBigUint64(0);
  }

  /** A string's bytes, as a view. */
  string(): Uint8Array {
    const length = this.u32();
    const at = this.take(length);
    return at < 0 ? EMPTY : this.bytes.subarray(at, at + length);
  }

  /** A string of UTF-8. */
  text(): string {
    const text = fromUtf8(this.string());
    if (text === null) this.failed = true;
    return text ?? '';
  }

  private view(at: number, length: number): DataView {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, length);
  }

  private take(length: number): number {
    const at = this.at;
    if (this.failed || length > this.bytes.length - at) {
      this.failed = true;
      return -1;
    }
    this.at = at + length;
    return at;
  }
}

const EMPTY = new Uint8Array(0);

/** One field as its bytes. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

export function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

/** A u32 length and these bytes. Text goes as UTF-8; throws TypeError for a lone surrogate. */
export function string(value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? toUtf8(value) : value;
  if (!bytes) throw new TypeError('the text holds a lone surrogate');
  return concat(u32(bytes.length), bytes);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
