/** The fast way must be the slow way: HMAC against the host's streaming one. */
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { primitives } from './index';

describe('hashes', () => {
  it('agree with the host for keys and messages on both sides of the fast way', () => {
    const key = fc.uint8Array({ maxLength: 130 });
    const message = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(511, 512, 513, 9000).map((size) => new Uint8Array(size).fill(3)),
    );
    fc.assert(
      fc.property(key, message, (k, m) => {
        expect(Buffer.from(primitives.hmacSha256(k, m))).toEqual(createHmac('sha256', k).update(m).digest());
        expect(Buffer.from(primitives.sha256(m))).toEqual(createHash('sha256').update(m).digest());
      }),
      { numRuns: 1000 },
    );
  });

  it('compares different lengths as unequal', () => {
    const [a, b] = [Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3)];
    expect([primitives.equal(a, b), primitives.equal(a, b.subarray(0, 2))]).toEqual([false, true]);
  });
});
