import { describe, expect, it } from 'vitest';
import type { Manifest } from '@/lib/kernel/pack';
import { CHECKS, type CheckState, conditionsOf, rangeWords, statesOf } from './words';

const standing = (states: Map<string, CheckState>) =>
  CHECKS.map(({ id }) => `${id} ${states.get(id)}`).filter((line) => !line.endsWith(' planned'));
const all = (state: CheckState) => CHECKS.map(({ id }) => `${id} ${state}`);

describe('the ladder', () => {
  it('has every check planned before, and holding after', () => {
    expect(standing(statesOf(null))).toEqual([]);
    expect(standing(statesOf('done'))).toEqual(all('holds'));
  });

  it('claims nothing that has not begun', () => {
    expect(standing(statesOf('checkpoint'))).toEqual(['files holds', 'origin holds', 'checkpoint running']);
    expect(standing(statesOf('checkpoint', 'signature'))).toEqual(['files holds', 'origin holds', 'checkpoint failed']);
  });

  it.each([
    ['event', 'entries', 'unfinished'],
    ['malformed', 'entries', 'unfinished'],
    ['root', 'entries', 'unfinished'],
    ['opening', 'filter', 'unfinished'],
    ['schema', 'shapes', 'unfinished'],
    ['count', 'counts', 'holds'],
  ] as const)('of what is checked line by line, %s is a failure of %s, the others %s', (code, failed, others) => {
    const states = statesOf('lines', code);
    for (const id of ['entries', 'filter', 'shapes', 'counts'] as const)
      expect([id, states.get(id)]).toEqual([id, id === failed ? 'failed' : others]);
    expect(states.get('provable')).toBe('planned');
    expect(states.get('witnesses')).toBe('holds');
  });
});

it('a filter is said in words', () => {
  expect(
    conditionsOf({
      at: { from: '2026-01-01T00:00:00.000Z' },
      schema: ['project.', 'sign-in@1'],
      projectId: [null, 'prj_1'],
      actor: Array.from({ length: 14 }, (_, i) => `act_${i}`),
    }),
  ).toEqual([
    { name: 'time', values: ['from 2026-01-01T00:00:00.000Z'], more: 0 },
    { name: 'event', values: ['project.*', 'sign-in@1'], more: 0 },
    { name: 'project', values: ['none', 'prj_1'], more: 0 },
    { name: 'actor', values: Array.from({ length: 12 }, (_, i) => `act_${i}`), more: 2 },
  ]);
  expect(conditionsOf({})).toEqual([]);
});

it('a range is said in words', () => {
  const of = (from: number, to: number) => rangeWords({ range: { from, to }, checkpoint: { size: 1234 } } as Manifest);
  expect([of(0, 1234), of(3, 33), of(5, 5)]).toEqual([
    'all 1,234 in the log',
    '3 to 32 of 1,234 in the log, counted from 0',
    'none of the 1,234 in the log',
  ]);
});
