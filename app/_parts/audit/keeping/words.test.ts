import { expect, it } from 'vitest';
import { holdOn, periodOf } from './words';

it('says periods in years where they are whole', () => {
  expect([12, 13, 24, 72, null].map(periodOf)).toEqual(['1 year', '13 months', '2 years', '6 years', 'for ever']);
});

it('says what a hold keeps', () => {
  const none = { target: null, from: null, to: null };
  expect(holdOn({ ...none, kind: 'log' })).toBe('The whole log');
  expect(holdOn({ ...none, kind: 'person', target: 'usr_1' })).toBe('Person usr_1');
  const range = { from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' };
  expect(holdOn({ ...none, ...range, kind: 'time' })).toBe('2026-01-01 to 2026-02-01, UTC');
});
