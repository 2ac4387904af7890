/** Writes little-endian fields into a growing buffer. Values are the caller's to check; they are cut to their width. */
export class Writer {
  private bytes = new Uint8Array(256);
  private length = 0;

  u16(value: number): this {
    const at = this.grow(2);
    this.bytes[at] = value;
    this.bytes[at + 1] = value >>> 8;
    return this;
  }

  u32(value: number): this {
    const at = this.grow(4);
    this.bytes[at] = value;
    this.bytes[at + 1] = value >>> 8;
    this.bytes[at + 2] = value >>> 16;
    this.bytes[at + 3] = value >>> 24;
    return this;
  }

  raw(bytes: Uint8Array): this {
    const at = this.grow(bytes.length);
    this.bytes.set(bytes, at);
    return this;
  }

  /** A u16 length and the bytes. */
  block(bytes: Uint8Array): this {
    return this.u16(bytes.length).raw(bytes);
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private grow(by: number): number {
    const at = this.length;
    this.length += by;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.length, this.bytes.length * 2));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    return at;
  }
}
