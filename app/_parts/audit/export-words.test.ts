import { expect, it } from 'vitest';
import { isUnderWay, stateOf } from './export-words';

it('says how far an export is, also before anything is known of it', () => {
  expect(stateOf({ state: 'running', done: 0, total: 0 }).detail).toBe('0 %');
  expect(stateOf({ state: 'running', done: 999, total: 1000 }).detail).toBe('99 %');
  expect(stateOf({ state: 'queued', done: 0, total: 0 })).toEqual({ glyph: 'waiting', word: 'Waiting' });
});

it('looks again only while something is under way', () => {
  expect(
    (['queued', 'running', 'ready', 'failed', 'expired'] as const).filter((state) => isUnderWay({ state })),
  ).toEqual(['queued', 'running']);
});
