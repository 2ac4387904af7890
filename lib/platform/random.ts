import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(4096);
let used = pool.length;

/**
 * Bytes from the operating system's generator, for what is made many times a second: asking it costs the same for 4096 bytes as for 16.
 * Bytes that were handed out are wiped here. `count` at most 4096.
 */
export function randomBytes(count: number): Buffer {
  if (count > pool.length) throw new RangeError('randomBytes: count');
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const drawn = pool.subarray(used, used + count);
  const bytes = Buffer.from(drawn);
  drawn.fill(0);
  used += count;
  return bytes;
}
