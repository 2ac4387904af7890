/**
 * The Node implementation of what the kernel needs from its host: HMAC, SHA-256, constant-time comparison and bounded
 * zlib. Platform, keyring, edges, the command line and tests all hand this same object in.
 */
import { timingSafeEqual } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import type { Primitives } from '@/lib/kernel/primitives';
import { inflateSmall, MAX_SMALL_OUTPUT } from './inflate-small';
import { hmacSha256, sha256 } from './sha256';

/** `info: true` changes the return value; the published types do not say so. */
interface Inflated {
  buffer: Uint8Array;
  engine: { bytesWritten: number };
}

export const primitives: Primitives = {
  hmacSha256,

  sha256,

  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),

  inflate(input, maxOutput) {
    const small = maxOutput >= MAX_SMALL_OUTPUT ? inflateSmall(input) : null;
    if (small !== null) return { ok: true, ...small };
    try {
      const options = { maxOutputLength: maxOutput, info: true };
      const { buffer, engine } = inflateSync(input, options) as unknown as Inflated;
      return { ok: true, output: buffer, consumed: engine.bytesWritten };
    } catch (error) {
      const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      return { ok: false, reason: tooLarge ? 'too_large' : 'corrupt' };
    }
  },

  deflate: (input) => deflateSync(input),
};
