import { describe, expect, it } from 'vitest';
import { GapList } from './nack-in';

describe('missing packets of a publisher', () => {
  it('are asked for at once, again after 60 ms, at most eight times, and no more once they arrive', () => {
    const gaps = new GapList();
    gaps.arrived(10, -1, 0);
    gaps.arrived(13, 10, 0);
    expect(gaps.due(1_000_000 - 1_000_000)).toEqual([]);
    expect(gaps.due(60)).toEqual([11, 12]);
    expect(gaps.due(80)).toEqual([]);
    gaps.arrived(11, 13, 90);
    let asked = 1;
    for (let now = 120; now <= 2_000; now += 20) asked += gaps.due(now).length;
    expect(asked).toBe(8);
    expect(gaps.size).toBe(0);
  });

  it('are given up after a second', () => {
    const gaps = new GapList();
    gaps.arrived(2, 0, 0);
    expect(gaps.due(1_001)).toEqual([]);
    expect(gaps.size).toBe(0);
  });

  it('are not sought across jumps of 500 and more, and stay bounded', () => {
    const gaps = new GapList();
    gaps.arrived(500, 0, 0);
    expect(gaps.size).toBe(0);
    gaps.arrived(999, 500, 0);
    gaps.arrived(1_498, 999, 0);
    expect(gaps.size).toBe(500);
  });
});
