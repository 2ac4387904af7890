import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countedOf,
  everybodyOf,
  gapsIn,
  heldBy,
  nextAfter,
  onCallAt,
  type SetShift,
  type Shift,
  whomToTell,
  withStandIns,
} from './rules';
import { DAY_MS, daysOf } from './week';

const T = Date.parse('2026-11-23T00:00:00Z');
const HOUR = 3_600_000;
const shift = (person: string, from: number, until: number): Shift => ({
  ...{ id: `${person} ${from}`, person },
  ...{ from: T + from * HOUR, until: T + until * HOUR },
});
const HORIZON = 10 * 24;
const anyShifts = fc
  .array(
    fc.tuple(
      fc.constantFrom('ada', 'bob', 'cat'),
      fc.integer({ min: 0, max: HORIZON }),
      fc.integer({ min: 1, max: 60 }),
    ),
    {
      maxLength: 12,
    },
  )
  .map((all) => all.map(([person, from, hours], i) => ({ ...shift(person, from, from + hours), id: `shf_${i}` })));

describe('a shift', () => {
  const set = (over: Partial<SetShift> = {}): SetShift => ({
    ...{ id: 'shf', personId: 'ada', startsAt: new Date(T), endsAt: new Date(T + 8 * HOUR), setAt: new Date(T - HOUR) },
    removedAt: null,
    ...over,
  });
  const long = new Map([['ada', T + 100 * HOUR]]);
  const hours = (of: SetShift, designated = long, now = T) => {
    const counted = countedOf(of, designated, now);
    return counted && [(counted.from - T) / HOUR, (counted.until - T) / HOUR];
  };

  it('counts from when it was set until it was removed, and no longer than the designation', () => {
    expect(hours(set())).toEqual([0, 8]);
    expect(hours(set({ setAt: new Date(T + 2 * HOUR) }))).toEqual([2, 8]);
    expect(hours(set({ removedAt: new Date(T + 3 * HOUR) }))).toEqual([0, 3]);
    expect(hours(set({ removedAt: new Date(T) }))).toBeNull();
    expect(hours(set({ setAt: new Date(T + 9 * HOUR) }))).toBeNull();
    expect(hours(set(), new Map([['ada', T + 5 * HOUR]]))).toEqual([0, 5]);
  });

  it('of nobody designated is none from now on, and was one before', () => {
    expect(hours(set(), new Map())).toBeNull();
    expect(hours(set(), new Map(), T + 6 * HOUR)).toEqual([0, 6]);
  });
});

describe('who is on call', () => {
  it('is whoever has a shift at that moment: from its first, up to its last', () => {
    const shifts = [shift('ada', 0, 4), shift('bob', 2, 6), shift('ada', 3, 5)];
    const at = (hour: number) => onCallAt(shifts, T + hour * HOUR);
    expect([at(0), at(2), at(3), at(5), at(6)]).toEqual([['ada'], ['ada', 'bob'], ['ada', 'bob'], ['bob'], []]);
    expect(nextAfter(shifts, T).map(({ person }) => person)).toEqual(['bob']);
    expect(nextAfter(shifts, T + 3 * HOUR)).toEqual([]);
  });

  it('is nobody in the gaps, and somebody everywhere else', () => {
    fc.assert(
      fc.property(anyShifts, fc.integer({ min: 0, max: HORIZON }), (shifts, hour) => {
        const gaps = gapsIn(shifts, { from: T, until: T + HORIZON * HOUR });
        for (const at of [hour * HOUR, hour * HOUR + 1, hour * HOUR - 1].map((ms) => T + ms)) {
          if (at < T || at >= T + HORIZON * HOUR) continue;
          const inGap = gaps.some(({ from, until }) => from <= at && at < until);
          expect(inGap).toBe(onCallAt(shifts, at).length === 0);
        }
        for (const [i, gap] of gaps.entries()) {
          expect(gap.from).toBeLessThan(gap.until);
          if (i > 0) expect(gap.from).toBeGreaterThan(gaps[i - 1]!.until);
        }
      }),
    );
  });

  it('is shown day by day without a minute left out, each shift once as its first', () => {
    fc.assert(
      fc.property(anyShifts, (shifts) => {
        const days = daysOf(shifts, T, 7);
        expect(days.map(({ day }) => day)).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => T + i * DAY_MS));
        for (const { day, parts } of days) {
          let covered = day;
          for (const { from, until, shift: of } of parts) {
            expect(from).toBeLessThanOrEqual(covered);
            if (of === null) expect(from).toBe(covered);
            else expect(from >= of.from && until <= of.until).toBe(true);
            covered = Math.max(covered, until);
          }
          expect(covered).toBe(day + DAY_MS);
        }
        const firsts = days.flatMap(({ parts }) =>
          parts.flatMap(({ shift: of, first }) => (of && first ? [of.id] : [])),
        );
        const shown = shifts.filter(({ from, until }) => from < T + 7 * DAY_MS && until > T);
        expect(firsts.sort()).toEqual(shown.map(({ id }) => id).sort());
      }),
    );
  });
});

describe('designations', () => {
  it('count by role, and never longer than there is a committee', () => {
    const held = [
      { person: 'ada', as: 'on-call approver', until: 300 },
      { person: 'bob', as: 'on-call approver', until: 50 },
      { person: 'cat', as: 'security approver', until: 300 },
    ];
    const standing = { until: 200, held, delegations: [] };
    expect(heldBy(standing, 'on-call approver', 100_000)).toEqual(new Map([['ada', 200_000]]));
    expect(heldBy({ ...standing, until: 0 }, 'security approver', 100_000)).toEqual(new Map());
  });

  it('have those hear as well who answer for somebody who hears, in their role and time', () => {
    const lent = { by: 'ada', role: 'on-call', to: 'eve', from: 50, until: 150 };
    const standing = {
      until: 200,
      held: [{ person: 'eve', as: 'authorised employee', until: 300 }],
      delegations: [lent],
    };
    const heard = (over: object, people = ['ada', 'bob'], role: 'on-call' | 'security' = 'on-call') =>
      withStandIns({ ...standing, ...over }, people, role, 100_000);
    expect(heard({})).toEqual(['ada', 'bob', 'eve']);
    expect(heard({}, ['ada', 'eve'])).toEqual(['ada', 'eve']);
    expect(heard({}, ['bob'])).toEqual(['bob']);
    expect(heard({}, ['ada'], 'security')).toEqual(['ada']);
    for (const over of [{ from: 101 }, { until: 100 }])
      expect(heard({ delegations: [{ ...lent, ...over }] }, ['ada'])).toEqual(['ada']);
    // Who is designated for nothing any more answers for nobody.
    expect(heard({ until: 100 }, ['ada'])).toEqual(['ada']);
  });
});

describe('a new request', () => {
  const base = {
    roles: ['security', 'on-call'],
    security: ['sam', 'sue'],
    onCall: ['ada', 'bob', 'cat'],
    requester: 'req',
  };

  it('is told to all of security, and of on-call to those on shift', () => {
    expect(whomToTell(base, ['bob'])).toEqual({
      ...{ told: ['sam', 'sue', 'bob'], onShift: ['bob'], left: ['ada', 'cat'], atOnce: false },
    });
    expect(whomToTell({ ...base, roles: ['security'] }, ['bob'])).toMatchObject({ told: ['sam', 'sue'], left: [] });
  });

  it('is told to everybody when nobody is on shift, or only somebody who is no approver any more', () => {
    const everybody = ['sam', 'sue', 'ada', 'bob', 'cat'];
    for (const nobody of [[], ['left']])
      expect(whomToTell(base, nobody)).toEqual({ told: everybody, onShift: [], left: [], atOnce: false });
  });

  it('escalates at once when only whoever asks is on shift', () => {
    expect(whomToTell({ ...base, requester: 'ada' }, ['ada'])).toEqual({
      ...{ told: ['sam', 'sue'], onShift: [], left: ['bob', 'cat'], atOnce: true },
    });
    expect(whomToTell({ ...base, requester: 'ada' }, ['ada', 'bob'])).toMatchObject({
      onShift: ['bob'],
      atOnce: false,
    });
    // Nobody is left whom it could be told.
    expect(whomToTell({ ...base, onCall: ['ada'], requester: 'ada' }, ['ada'])).toMatchObject({
      left: [],
      atOnce: false,
    });
  });

  it('reaches everybody of its roles once, now or later, never whoever asks, and whoever is on shift now', () => {
    const people = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 5 });
    const roles = fc.subarray(['security', 'on-call', 'customer org_x']);
    fc.assert(
      fc.property(
        roles,
        people,
        people,
        people,
        fc.constantFrom('a', 'b', 'z'),
        (of, security, onCall, shifts, requester) => {
          const approvers = { roles: of, security, onCall, requester };
          const { told, onShift, left, atOnce } = whomToTell(approvers, shifts);
          expect([...told, ...left].sort()).toEqual(everybodyOf(of, approvers).sort());
          expect(new Set([...told, ...left]).size).toBe(told.length + left.length);
          expect([...told, ...left]).not.toContain(requester);
          expect(told).toEqual(expect.arrayContaining([...onShift]));
          if (of.includes('on-call'))
            for (const person of shifts.filter((one) => onCall.includes(one) && one !== requester))
              expect(told).toContain(person);
          // Nobody is made to wait for somebody who will not come.
          if (left.length > 0 && onShift.length === 0) expect(atOnce).toBe(true);
        },
      ),
    );
  });
});
