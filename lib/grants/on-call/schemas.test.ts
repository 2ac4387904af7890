import { describe, expect, it } from 'vitest';
import { policyForm } from '../schemas';
import { shiftForm, weekOf } from './schemas';

describe('the form of a shift', () => {
  const read = (from: string, until: string) => shiftForm.safeParse({ person: 'usr_x', from, until });

  it('takes minutes of UTC, up to fourteen days', () => {
    expect(read('2026-11-23T08:00', '2026-11-23T20:30').data).toEqual({
      ...{ person: 'usr_x', from: Date.parse('2026-11-23T08:00Z'), until: Date.parse('2026-11-23T20:30Z') },
    });
    expect(read('2026-11-01T00:00', '2026-11-15T00:00').success).toBe(true);
    for (const [from, until] of [
      ['2026-11-01T00:00', '2026-11-15T00:01'],
      ['2026-11-23T08:00', '2026-11-23T08:00'],
      ['2026-11-23T08:00', '2026-11-23T07:59'],
    ] as const)
      expect(read(from, until).error?.issues).toMatchObject([{ path: ['until'] }]);
    for (const no of ['2026-11-23T08:00:01', '2026-11-23', '2026-11-23T08:00Z', '2026-02-30T08:00', ''])
      expect(read(no, '2026-11-24T00:00').success, no).toBe(false);
  });

  it('shows today for a week that is none', () => {
    expect(weekOf.parse('2026-11-23')).toBe(Date.parse('2026-11-23T00:00Z'));
    for (const no of [null, '', 'next', '2026-13-01', '2026-11-23T00:00']) expect(weekOf.parse(no)).toBeNull();
  });
});

describe('the form of a policy', () => {
  const form = {
    ...{ policy: '', name: 'P', maxMinutes: '60', decideMinutes: '60', security: '1', onCall: '1', denials: '1' },
    ...{ 'class.edge': 'on', 'region.EU': 'on', 'data.log': 'on' },
  };
  const read = (escalateMinutes?: string) => policyForm.safeParse({ ...form, escalateMinutes });

  it('escalates after ten minutes unless it says otherwise: two at least, and no later than it is decided', () => {
    expect(read().data?.terms.escalateMinutes).toBe(10);
    for (const good of ['2', '60']) expect(read(good).data?.terms.escalateMinutes).toBe(Number(good));
    for (const bad of ['1', '61', '2.5', '1441'])
      expect(read(bad).error?.issues, bad).toMatchObject([{ path: ['escalateMinutes'] }]);
  });
});
