import { expect, it } from 'vitest';
import { randomBytes } from './random';

it('hands no byte out twice, also where the pool ends, and nothing of it is left to be read', () => {
  const drawn = Array.from({ length: 2000 }, (_, i) => randomBytes(16 + (i % 17)));
  expect(new Set(drawn.map((bytes) => bytes.toString('hex'))).size).toBe(drawn.length);
  expect(drawn.every((bytes, i) => bytes.length === 16 + (i % 17) && bytes.some((byte) => byte !== 0))).toBe(true);
  const [first, copy] = [drawn[0]!, Buffer.from(drawn[0]!)];
  for (let i = 0; i < 500; i++) randomBytes(16);
  expect(first).toEqual(copy);
  expect(() => randomBytes(4097)).toThrow(RangeError);
});
