import { expect, it } from 'vitest';
import { proofWords } from './proof-words';

it('says where an event stands, in words and by a sign', () => {
  const at = '2026-11-22T12:00:00.120Z';
  expect([
    proofWords({ state: 'logged', index: 17, size: 20, at, afterMs: 120, witnessedAt: null }),
    proofWords({ state: 'waiting' }),
    proofWords({ state: 'altered' }),
  ]).toMatchObject([
    { glyph: 'enforced', word: '#17', says: 'In the log at #17, checkpoint of 12:00:00.120 UTC' },
    { glyph: 'applied', says: 'Waiting for its checkpoint' },
    { glyph: 'failed', word: 'Altered' },
  ]);
});
