/** Values in the clear are known by their first eight bytes, whatever follows. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isUnsealed } from './values';

it('tells values in the clear from sealed ones', () => {
  const start = fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 4, 64, 255), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 4 }), (first, rest) => {
      const sealed = Buffer.from([...first, ...rest]).toString('base64');
      expect(isUnsealed(sealed)).toBe(first.every((byte) => byte === 0));
    }),
    {
      numRuns: 2000,
      examples: [
        [new Array(8).fill(0), new Uint8Array(0)],
        [[0, 0, 0, 0, 0, 0, 0, 1], new Uint8Array(0)],
      ],
    },
  );
});
