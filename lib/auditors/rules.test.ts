import { describe, expect, it } from 'vitest';
import { isBounded, scopeOfRow, termsEvent, termsOf } from './rules';
import { changeTerms } from './schemas';

const NOW = new Date('2026-11-22T10:00:00Z');
const code = (input: Parameters<typeof termsOf>[0]) => {
  try {
    return termsOf(input, NOW).until.toISOString();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('terms of an auditor', () => {
  it('end after 30 days when nobody says, and else with the whole last day', () => {
    expect(code({})).toBe('2026-12-22T10:00:00.000Z');
    expect(code({ until: '2026-11-22' })).toBe('2026-11-23T00:00:00.000Z');
    expect(code({ until: '2027-11-22' })).toBe('2027-11-23T00:00:00.000Z');
  });

  it('are refused for the past, for more than a year, and for a time that ends before it begins', () => {
    expect(code({ until: '2026-11-21' })).toBe('auditor.until');
    expect(code({ until: '2027-11-23' })).toBe('auditor.until');
    expect(code({ eventsFrom: '2026-11-02', eventsBefore: '2026-11-02' })).toBe('auditor.range');
  });

  it('are for all projects when none is chosen, and say so', () => {
    expect(termsOf({ projects: [] }, NOW)).toMatchObject({ projects: null });
    expect(isBounded(termsOf({}, NOW))).toBe(false);
    expect(isBounded(termsOf({ projects: ['prj_1'] }, NOW))).toBe(true);
    expect(termsEvent(termsOf({ eventsFrom: '2026-01-01' }, NOW))).toEqual({
      until: '2026-12-22T10:00:00.000Z',
      projects: null,
      from: '2026-01-01T00:00:00.000Z',
      before: null,
    });
  });

  it('are never for all projects because none was chosen of some', () => {
    expect(code({ reach: 'some', projects: [] })).toBe('auditor.none');
    expect(termsOf({ reach: 'some', projects: ['prj_1'] }, NOW)).toMatchObject({ projects: ['prj_1'] });
    expect(termsOf({ reach: 'all', projects: ['prj_1'] }, NOW)).toMatchObject({ projects: null });
  });

  it('come from forms as browsers send them', () => {
    const fields = {
      membershipId: 'mem_1',
      until: '',
      projects: ' prj_1 prj_2 prj_1',
      eventsFrom: '',
      eventsBefore: '2026-02-30',
    };
    expect(changeTerms.safeParse(fields).success).toBe(false);
    expect(changeTerms.parse({ ...fields, eventsBefore: '' })).toMatchObject({
      until: undefined,
      projects: ['prj_1', 'prj_2'],
    });
  });

  it('are read from a row, whose empty list stands for all', () => {
    const row = { accessUntil: NOW, scopeProjects: [], scopeFrom: null, scopeBefore: null };
    expect(scopeOfRow(row)).toMatchObject({ projects: null, until: NOW });
    expect(scopeOfRow({ ...row, accessUntil: null })).toBeNull();
  });
});
