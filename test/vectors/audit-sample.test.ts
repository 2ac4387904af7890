import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sampleOf } from '@/lib/kernel/sample';
import { primitives } from '@/lib/primitives';

interface Vector {
  seed: string;
  /** Places [from, to), every `step`-th. */
  population: { from: number; to: number; step: number };
  size: number;
  sample: number[];
}

const { vectors } = JSON.parse(readFileSync('test/vectors/audit-sample.json', 'utf8')) as { vectors: Vector[] };

it.each(vectors)('draws $size with the seed $seed', ({ seed, population: { from, to, step }, size, sample }) => {
  const places = Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
  expect(sampleOf(primitives, seed, places, size)).toEqual(sample);
});
