import { expect, it } from 'vitest';
import type { WitnessSummary } from '@/lib/transparency/schemas';
import { witnessReason, witnessWords } from './witness-words';

const last = { size: 20, at: '2026-11-22T12:00:00.120Z', cosigned: 2 };
const words = (summary: Partial<WitnessSummary>) => {
  const { title, says } = witnessWords({ verdict: 'witnessed', asked: 3, diverged: 0, last, ...summary });
  return `${title} ${says}`;
};

it('says witnessed only of a log that is', () => {
  expect(words({})).toMatch(/^Witnessed by 2 of 3, policy satisfied. Last at .*12:00:00.120.* over 20 entries/);
  expect(words({ verdict: 'unwitnessed', asked: 0, last: null })).toBe(
    'Unwitnessed. Nobody outside has countersigned this log.',
  );
  for (const verdict of ['waiting', 'lapsed'] as const)
    for (const at of [null, last]) expect(words({ verdict, last: at })).toMatch(/^Not witnessed/);
  expect(words({ verdict: 'lapsed' })).toMatch(/^Not witnessed since .*12:00:00.120/);
  expect(words({ verdict: 'lapsed', asked: 0 })).toContain('Nobody is asked any more');
});

it('says another history before anything else', () => {
  for (const verdict of ['waiting', 'witnessed', 'lapsed'] as const)
    expect(words({ verdict, diverged: 1 })).toMatch(/^A witness has seen another history. 1 of 3 says/);
});

it('has words for every reason, and shows one that it does not know', () => {
  expect(witnessReason({ code: null })).toBe('–');
  expect(witnessReason({ code: 'witness.ahead' })).toContain('longer log');
  expect(witnessReason({ code: 'witness.new' })).toBe('witness.new');
});
