import { describe, expect, it } from 'vitest';
import { isWithin, parseLines, parseTimes, runsText } from './chosen';

describe('times', () => {
  it('are read as the player shows them, singly or as stretches', () => {
    expect(parseTimes('02:14-02:31, 05:00,1:00:05 - 1:00:06')).toEqual([
      [134, 151],
      [300, 300],
      [3605, 3606],
    ]);
    expect(parseTimes(' , ')).toEqual([]);
  });

  it('that are none are refused, not guessed at', () => {
    for (const text of ['2', '02:60', '02:31-02:14', '1-2-3', '01:00-', '-01:00', '01:00 02:00', '0x1:00', '٠١:00'])
      expect([text, parseTimes(text)]).toEqual([text, null]);
    expect(parseTimes(Array(61).fill('00:01').join())).toBeNull();
  });
});

describe('lines', () => {
  it('are numbers from 1: the header stays', () => {
    expect(parseLines('12, 40-57')).toEqual([
      [12, 12],
      [40, 57],
    ]);
    for (const text of ['0', '0-3', '-3', '4194304', '1e3', '57-40', '12;13']) expect(parseLines(text)).toBeNull();
  });

  it('are within a stretch that names them, ends included', () => {
    const runs = parseLines('12,40-57')!;
    expect([11, 12, 13, 39, 40, 57, 58].filter((line) => isWithin(runs, line))).toEqual([12, 40, 57]);
  });

  it('are written as runs', () => {
    expect(runsText([1, 2, 3, 7, 9, 10])).toBe('1-3,7,9-10');
    expect(runsText([])).toBe('');
  });
});
