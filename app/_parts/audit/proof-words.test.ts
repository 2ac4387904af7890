import { expect, it } from 'vitest';
import { checkWords, failureWords, proofWords, prunedWords } from './proof-words';

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

it('says when the log was last checked, and what is wrong with it', () => {
  const at = '2026-11-22T02:00:00.000Z';
  expect(checkWords({ full: null, failing: [] })).toBe('Not checked in full yet.');
  expect(checkWords({ full: { at, whole: true }, failing: [] })).toMatch(/^Last full check .*: whole\.$/);
  expect(checkWords({ full: { at, whole: false }, failing: [] })).toMatch(/: not whole\.$/);
  const failing = { log: 'org_a', check: 'spot', code: 'event', place: 17, since: at };
  expect(failureWords(failing)).toMatch(
    /^What is stored is not what was signed in org_a, from place #17 on \(event\), seen since /,
  );
  expect(failureWords({ ...failing, log: 'provider', check: 'clock', code: 'clock.keyring', place: null })).toMatch(
    /^A clock is off \(clock\.keyring\), seen since /,
  );
});

it('says what was pruned', () => {
  expect(prunedWords({ pruned: { minimum: 0, later: 0 } })).toBe('');
  expect(prunedWords({ pruned: { minimum: 512, later: 0 } })).toBe('Pruned, as was agreed: every record before #512. ');
  expect(prunedWords({ pruned: { minimum: 0, later: 1 } })).toBe('Pruned, as was agreed: 1 record. ');
  expect(prunedWords({ pruned: { minimum: 512, later: 3 } })).toBe(
    'Pruned, as was agreed: every record before #512, and 3 records after it. ',
  );
});
