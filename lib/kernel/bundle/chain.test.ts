import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { primitives } from '@/lib/primitives';
import { deltaHash, keyIdOf, signatureInput, snapshotHash } from './chain';

const payload = new TextEncoder().encode('{"region":"EU"}');

describe('chain', () => {
  it('hashes a snapshot as its payload and a delta as base and payload hash', () => {
    const first = createHash('sha256').update(payload).digest();
    expect(snapshotHash(primitives, payload)).toBe(first.toString('hex'));
    const next = createHash('sha256').update(first).update(createHash('sha256').update(payload).digest()).digest('hex');
    expect(deltaHash(primitives, first.toString('hex'), payload)).toBe(next);
    expect(() => deltaHash(primitives, 'zz', payload)).toThrow(RangeError);
  });

  it('signs type, region and payload', () => {
    expect(Buffer.from(signatureInput('Delta', 'EU', payload)).toString()).toBe(
      'fence-sync/1\nDelta\nEU\n{"region":"EU"}',
    );
  });

  it('names a key by its hash', () => {
    const raw = new Uint8Array(32);
    expect(keyIdOf(primitives, raw)).toBe(createHash('sha256').update(raw).digest('hex').slice(0, 16));
  });
});
