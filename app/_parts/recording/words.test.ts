import { describe, expect, it } from 'vitest';
import { endWords, searchWords, stateWords } from './words';

describe('the words of a screen record', () => {
  it('name the line that was altered, and say that nothing can be relied upon', () => {
    const { says, tone } = stateWords({ is: 'tampered', code: 'changed', line: 10, to: 10 });
    expect(tone).toBe('danger');
    expect(says).toMatch(/^Line 10: a line, or its salt, is not what was committed to\./);
    expect(stateWords({ is: 'tampered', code: 'head', line: 7, to: 13 }).says).toMatch(/^Lines 7 to 13: /);
    expect(stateWords({ is: 'tampered', code: 'diverged', line: null, to: null }).says).toMatch(/^The heads of the/);
  });

  it('call no record verified but one that is', () => {
    const states = [
      ...[{ is: 'none' }, { is: 'unchecked' }, { is: 'live', line: 3 }, { is: 'unfinished', line: 3 }],
      { is: 'incomplete', line: 3 },
    ] as const;
    for (const state of states) expect(stateWords(state).word).not.toBe('Verified');
    expect(stateWords({ is: 'verified' }).word).toBe('Verified');
  });

  it('say what search does not find', () => {
    expect(searchWords('whole')).toBeNull();
    expect(searchWords(null)).toMatch(/once it is whole/);
    expect(searchWords('refused')).toMatch(/cannot be searched/);
  });

  it('say how a session ended, by the gateway or with its grant', () => {
    expect([endWords('broken'), endWords('revoked'), endWords(null)]).toEqual([
      ...['The gateway broke off', 'Revoked', null],
    ]);
  });
});
