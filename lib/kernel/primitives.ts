/**
 * What the kernel needs from its host. The kernel does no I/O and reaches for no clock, randomness or crypto library:
 * whoever calls it hands these in (`lib/primitives` on Node).
 */
export interface Primitives {
  /** HMAC-SHA256 (RFC 2104): 32 bytes. */
  hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array;
  /** SHA-256 (FIPS 180-4): 32 bytes. */
  sha256(message: Uint8Array): Uint8Array;
  /** Compares in time that depends on the lengths only. Different lengths are unequal. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
  /**
   * Inflates a zlib stream (RFC 1950), stopping before more than `maxOutput` bytes exist.
   * `consumed` is the number of input bytes the stream used, so that a caller can refuse trailing bytes.
   */
  inflate(
    input: Uint8Array,
    maxOutput: number,
  ): { ok: true; output: Uint8Array; consumed: number } | { ok: false; reason: 'too_large' | 'corrupt' };
  /** Deflates into a zlib stream (RFC 1950). */
  deflate(input: Uint8Array): Uint8Array;
}
