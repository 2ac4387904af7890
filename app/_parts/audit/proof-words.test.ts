import { expect, it } from 'vitest';
import type { CheckpointView } from '@/lib/transparency/schemas';
import { proofWords, witnessWords } from './proof-words';

it('says where an event stands, in words and by a sign', () => {
  const at = '2026-11-22T12:00:00.120Z';
  expect([
    proofWords({ state: 'logged', index: 17, size: 20, at, afterMs: 120 }),
    proofWords({ state: 'waiting' }),
    proofWords({ state: 'altered' }),
  ]).toMatchObject([
    { glyph: 'enforced', word: '#17', says: 'In the log at #17, checkpoint of 12:00:00.120 UTC' },
    { glyph: 'applied', says: 'Waiting for its checkpoint' },
    { glyph: 'failed', word: 'Altered' },
  ]);
});

it('says unwitnessed of a checkpoint that only its log has signed', () => {
  const checkpoint: CheckpointView = { origin: 'o', size: 1, at: '', note: '', cosignatures: 0 };
  expect(witnessWords({ size: 1, checkpoint })).toContain('Unwitnessed');
  expect(witnessWords({ size: 1, checkpoint: { ...checkpoint, cosignatures: 2 } })).not.toContain('Unwitnessed');
  expect(witnessWords({ size: 1, checkpoint: null })).toContain('No checkpoint');
});
