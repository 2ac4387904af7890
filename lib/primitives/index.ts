/**
 * The Node implementation of what the kernel needs from its host: HMAC, SHA-256, constant-time comparison and bounded
 * zlib. Platform, keyring, edges, the command line and tests all hand this same object in.
 */
import { timingSafeEqual } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { inflate } from '@/lib/kernel/encoding';
import type { Primitives } from '@/lib/kernel/primitives';
import { hmacSha256, sha256 } from './sha256';

export const primitives: Primitives = {
  hmacSha256,
  sha256,
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  inflate,
  deflate: (input) => deflateSync(input),
};
