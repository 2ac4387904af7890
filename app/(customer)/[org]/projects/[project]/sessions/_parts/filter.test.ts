import { describe, expect, it } from 'vitest';
import { readFilter, readTab } from './filter';

describe('the filter of the decision log', () => {
  it('keeps what can be filtered and leaves out the rest', () => {
    expect(readFilter({ verdict: 'deny', account: 'alice', tab: 'decisions', code: '' })).toEqual({
      verdict: 'deny',
      account: 'alice',
    });
    expect(readFilter({ verdict: 'maybe', channel: 'x'.repeat(65), edge: ['eu-1', 'na-1'] })).toEqual({ edge: 'eu-1' });
  });
  it('opens with live sessions', () => {
    expect(readTab({})).toBe('live');
    expect(readTab({ tab: 'decisions' })).toBe('decisions');
    expect(readTab({ tab: 'else' })).toBe('live');
  });
});
