import { describe, expect, it } from 'vitest';
import { hashSecret, isSecret, newSecret } from './secrets';

describe('the secret of a session or a link', () => {
  it('is 256 bits, of which none stands still', () => {
    const bytes = Array.from({ length: 2_000 }, () => Buffer.from(newSecret(), 'base64url'));
    expect(new Set(bytes.map(({ length }) => length))).toEqual(new Set([32]));
    expect(new Set(bytes.map((each) => each.toString('hex'))).size).toBe(bytes.length);
    for (let bit = 0; bit < 256; bit++) {
      const set = bytes.filter((each) => ((each[bit >> 3] ?? 0) >> (bit & 7)) & 1).length;
      // Half of 2,000; seven deviations off, a fair bit is seen once in 10^11.
      expect(Math.abs(set - 1_000), `bit ${bit}`).toBeLessThan(160);
    }
  });

  it('has one form, and is kept as its hash', () => {
    const secret = newSecret();
    expect(isSecret(secret)).toBe(true);
    for (const other of [`${secret} `, secret.slice(1), `${secret}A`, 'secret', '', null, { secret }])
      expect(isSecret(other)).toBe(false);
    expect(Buffer.from(hashSecret(secret)).toString('utf8')).not.toContain(secret.slice(0, 8));
    expect(hashSecret(secret)).toHaveLength(32);
  });
});
