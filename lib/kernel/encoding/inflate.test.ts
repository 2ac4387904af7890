/** Our inflater against zlib: the same verdict and the same bytes for any stream, whole, damaged or cut. */
import { constants, deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inflate } from './inflate';

const strategies = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FILTERED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FIXED,
];
const raw = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.uint8Array({ maxLength: 3000, max: 3 }),
  fc.string({ maxLength: 1500 }).map((text) => new Uint8Array(Buffer.from(text))),
);
const stream = fc
  .record({ raw, level: fc.integer({ min: 0, max: 9 }), strategy: fc.constantFrom(...strategies) })
  .map(({ raw, level, strategy }) => ({ raw, compressed: new Uint8Array(deflateSync(raw, { level, strategy })) }));

/** What zlib makes of it, in our words; null for refused. */
function zlib(input: Uint8Array): { output: Buffer; consumed: number } | null {
  try {
    const { buffer, engine } = inflateSync(input, { info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return { output: buffer, consumed: engine.bytesWritten };
  } catch {
    return null;
  }
}

function agree(input: Uint8Array): boolean {
  const theirs = zlib(input);
  const ours = inflate(input, 65_536);
  if (ours.ok !== (theirs !== null)) throw new Error(`we say ${ours.ok}: ${Buffer.from(input).toString('hex')}`);
  if (ours.ok && theirs) {
    if (!Buffer.from(ours.output).equals(theirs.output)) throw new Error('other bytes');
    if (ours.consumed !== theirs.consumed) throw new Error('another end');
  }
  return ours.ok;
}

describe('inflate', () => {
  it('reads what zlib writes, in every strategy', () => {
    fc.assert(
      fc.property(stream, ({ raw, compressed }) => {
        const result = inflate(compressed, 65_536);
        if (!result.ok) throw new Error(result.reason);
        expect(Buffer.from(result.output).equals(raw)).toBe(true);
        expect(result.consumed).toBe(compressed.length);
      }),
      { numRuns: 1500 },
    );
  });

  it('agrees with zlib on damaged streams', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(stream, damage, fc.nat(5), ({ compressed }, changes, extra) => {
        const input = Uint8Array.from([...compressed, ...new Array(extra).fill(9)]);
        for (const [at, value] of changes) input[at % input.length] = value;
        agree(input);
      }),
      { numRuns: 6000 },
    );
  });

  it('agrees with zlib when the checksum cannot tell: block headers and codes from noise', () => {
    // Behind a right header, with noise for blocks: dynamic codes that are incomplete, oversubscribed or too many.
    const noise = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.uint8Array({ minLength: 1, maxLength: 60 }));
    fc.assert(
      fc.property(noise, ([first, rest]) => {
        agree(Uint8Array.from([0x78, 0x9c, (rest[0]! & 0xf8) | first, ...rest.subarray(1)]));
      }),
      { numRuns: 6000 },
    );
  });

  it('refuses every cut of a stream, in fixed and in dynamic codes', () => {
    for (const strategy of [constants.Z_FIXED, constants.Z_DEFAULT_STRATEGY]) {
      const whole = deflateSync(Buffer.from(Array.from({ length: 400 }, (_, i) => (i * i) % 23)), { strategy });
      for (let length = 0; length < whole.length; length++) {
        expect(inflate(whole.subarray(0, length), 65_536)).toEqual({ ok: false, reason: 'corrupt' });
      }
      expect(agree(whole)).toBe(true);
    }
  });

  it('stops exactly at the limit', () => {
    for (const options of [{}, { strategy: constants.Z_FIXED }, { level: 0 }]) {
      for (const size of [1024, 1025, 65_536]) {
        const stream = deflateSync(Buffer.alloc(size, 'ab'), options);
        expect(inflate(stream, size)).toMatchObject({ ok: true, consumed: stream.length });
        expect(inflate(stream, size - 1)).toEqual({ ok: false, reason: 'too_large' });
      }
    }
    expect(inflate(deflateSync(Buffer.alloc(10_000_000)), 65_536)).toEqual({ ok: false, reason: 'too_large' });
  });
});
