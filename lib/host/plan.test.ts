import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountOf, type Sheet } from '@/lib/kernel/grant';
import { type Held, isFresh, nextAt, plan, withTimes } from './plan';

const id = (n: number) => `grt_${n.toString(16).padStart(32, '0')}`;
const granted = (n: number, startsAt: number, deadline: number) => ({
  ...{ id: id(n), account: accountOf(id(n)), startsAt, deadline },
});
const held = (n: number, startsAt: number, deadline: number): Held => ({
  ...{ grant: id(n), account: accountOf(id(n)), uid: 70_000 + n, startsAt, deadline },
});
const sheet = (...grants: Sheet['grants'][number][]): Sheet => ({
  ...{ target: 'host:eu-1', seq: 1, issuedAt: 100, freshUntil: 160, grants },
});

describe('plan', () => {
  it('begins what has started, once, and not what is over or to come', () => {
    const of = sheet(granted(1, 90, 200), granted(2, 120, 200), granted(3, 50, 100));
    expect(plan(of, [], 110)).toEqual({
      begin: [{ grant: id(1), account: accountOf(id(1)), startsAt: 90, deadline: 200 }],
      end: [],
    });
    expect(plan(of, [held(1, 90, 200)], 110).begin).toEqual([]);
  });

  it('begins nothing on a sheet that is not fresh, or comes from the future', () => {
    expect(plan(sheet(granted(1, 90, 200)), [], 160).begin).toEqual([]);
    expect(plan(sheet(granted(1, 1, 200)), [], 60).begin).toEqual([]);
  });

  it('ends everything without a fresh sheet in strict mode, and nothing otherwise', () => {
    const one = [held(1, 90, 200)];
    const of = sheet(granted(1, 90, 200));
    expect(plan(of, one, 159, { strict: true }).end).toEqual([]);
    expect(plan(of, one, 160, { strict: true }).end).toEqual(one);
    expect(plan(null, one, 110, { strict: true }).end).toEqual(one);
    for (const without of [of, null]) expect(plan(without, one, 160).end).toEqual([]);
  });

  it('ends what a newer sheet leaves out, and nothing else', () => {
    const both = [held(1, 90, 200), held(2, 90, 200)];
    expect(plan(sheet(granted(2, 90, 200)), both, 110)).toEqual({ begin: [], end: [both[0]] });
  });

  it('goes by the times of the newest sheet, in both directions', () => {
    const one = [held(1, 90, 200)];
    expect(withTimes(sheet(granted(1, 90, 300)), one)).toEqual([held(1, 90, 300)]);
    expect(withTimes(sheet(granted(2, 90, 300)), one)).toEqual(one);
    const shorter = sheet(granted(1, 90, 105));
    expect(plan(shorter, withTimes(shorter, one), 110).end).toHaveLength(1);
  });

  it('keeps to the known deadlines when there is no sheet, or an old one', () => {
    expect(plan(null, [held(1, 90, 200)], 199.9).end).toEqual([]);
    expect(plan(null, [held(1, 90, 200)], 200).end).toHaveLength(1);
    expect(plan(sheet(granted(1, 90, 2000)), [held(1, 90, 2000)], 1999).end).toEqual([]);
    expect(plan(sheet(granted(1, 90, 2000)), [held(1, 90, 2000)], 2000).end).toHaveLength(1);
  });

  it('lets nothing stay that is past its deadline, or missing from the sheet', () => {
    const time = fc.integer({ min: 0, max: 400 });
    const grants = fc.uniqueArray(fc.record({ n: fc.integer({ min: 0, max: 9 }), a: time, b: time }), {
      selector: ({ n }) => n,
    });
    fc.assert(
      fc.property(grants, grants, time, (ofSheet, ofHost, now) => {
        const given = sheet(...ofSheet.map(({ n, a, b }) => granted(n, Math.min(a, b), Math.max(a, b))));
        const has = ofHost.map(({ n, a, b }) => held(n, Math.min(a, b), Math.max(a, b)));
        const taken = withTimes(given, has);
        const { begin, end } = plan(given, taken, now);
        const stays = [
          ...taken.filter((one) => !end.includes(one)).map(({ grant }) => grant),
          ...begin.map(({ grant }) => grant),
        ];
        for (const grant of stays) expect(given.grants.find((one) => one.id === grant)?.deadline).toBeGreaterThan(now);
        expect(new Set(stays).size).toBe(stays.length);
        if (begin.length > 0) expect(isFresh(given, now)).toBe(true);
      }),
    );
  });
});

it('nextAt is the next start or end', () => {
  const of = sheet(granted(1, 120, 200), granted(2, 90, 300));
  expect(nextAt(of, [held(2, 90, 300)], 100)).toBe(120);
  expect(nextAt(of, [held(2, 90, 150)], 130)).toBe(150);
  expect(nextAt(null, [], 100)).toBeNull();
});
