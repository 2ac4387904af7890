/** Filters: their one form, and what meets them. */
import { describe, expect, it } from 'vitest';
import { type Filter, matcherOf, openedFor, parseFilter } from './filter';

const AT = '2026-11-22T12:00:00.000Z';
const LATER = '2026-11-22T12:00:00.001Z';

describe('a filter', () => {
  it.each([
    {},
    { at: { from: AT } },
    { at: { to: AT } },
    { at: { from: AT, to: LATER } },
    { schema: ['a.', 'b@', 'c@1'] },
    { projectId: [null] },
    { projectId: [null, 'a', 'b'] },
    { actor: ['\ud83d\ude00', '\uffff'] },
  ])('may be %j', (filter) => {
    expect(parseFilter(filter)).toEqual(filter);
  });

  it.each([
    null,
    [],
    'a',
    { at: {} },
    { at: [] },
    { at: { from: AT, to: AT } },
    { at: { from: LATER, to: AT } },
    { at: { from: AT, until: LATER } },
    { at: { from: '2026-11-22T12:00:00Z' } },
    { at: { from: 1 } },
    { schema: [] },
    { schema: 'a@1' },
    { schema: [''] },
    { schema: ['b', 'a'] },
    { schema: ['a', 'a'] },
    { schema: [null] },
    { schema: [1] },
    { projectId: ['a', null] },
    { projectId: [null, null] },
    { actor: ['\uffff', '\ud83d\ude00'] },
    { actor: ['x'.repeat(257)] },
    { actor: Array.from({ length: 1001 }, (_, i) => String(i).padStart(4, '0')) },
    { id: ['a'] },
    { details: ['a'] },
    { email: ['a'] },
  ])('is not %j', (filter) => {
    expect(parseFilter(filter)).toBeNull();
  });

  it('opens its fields in the order of the header', () => {
    expect(openedFor({ projectId: ['a'], outcome: ['a'], at: { from: AT } })).toEqual(['at', 'outcome', 'projectId']);
    expect(openedFor({})).toEqual([]);
  });
});

describe('what meets a filter', () => {
  const event: Record<string, unknown> = { at: AT, schema: 'sign-in.refused@1', outcome: 'refused', projectId: null };
  const asked = (filter: Filter, over: Record<string, unknown> = {}) =>
    matcherOf(parseFilter(filter)!)((name) => ({ ...event, ...over })[name]);

  it.each<[Filter, boolean]>([
    [{}, true],
    [{ at: { from: AT } }, true],
    [{ at: { to: AT } }, false],
    [{ at: { from: AT, to: LATER } }, true],
    [{ at: { from: LATER } }, false],
    [{ schema: ['sign-in.'] }, true],
    [{ schema: ['sign-in.refused@'] }, true],
    [{ schema: ['sign-in@'] }, false],
    [{ schema: ['sign-in'] }, false],
    [{ schema: ['sign-in.refused@1'] }, true],
    [{ schema: ['sign-in.refused@1', 'x.'] }, true],
    [{ outcome: ['refused.'] }, false],
    [{ outcome: ['failed', 'refused'] }, true],
    [{ outcome: ['refused'], projectId: ['a'] }, false],
    [{ projectId: [null] }, true],
    [{ projectId: ['null'] }, false],
  ])('%j: %s', (filter, meets) => {
    expect(asked(filter)).toBe(meets);
  });

  it('cannot be said of values that the log does not give these fields', () => {
    expect(asked({ at: { from: AT } }, { at: '2026' })).toBeNull();
    expect(asked({ at: { from: AT } }, { at: 5 })).toBeNull();
    expect(asked({ outcome: ['refused'] }, { outcome: null })).toBeNull();
    expect(asked({ outcome: ['failed'], schema: ['a@1'] }, { schema: undefined })).toBeNull();
    expect(asked({ projectId: ['a'] }, { projectId: 3 })).toBeNull();
  });
});
