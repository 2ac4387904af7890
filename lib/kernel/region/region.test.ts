import { describe, expect, it } from 'vitest';
import {
  containsFence,
  describeFenceChange,
  expandCodes,
  expandMask,
  findDataCentre,
  isGlobal,
  nativeMask,
  parseFence,
  REGIONS,
  type Region,
  VOCABULARIES,
  withHome,
} from './index';

/** All 64 sets of regions. */
const SETS = Array.from({ length: 64 }, (_, bits) => REGIONS.filter((_region, i) => bits & (1 << i)));
const WEB: Record<Region, string> = {
  NA: 'NORTH_AMERICA',
  EU: 'EUROPE',
  AS: 'ASIA',
  JP: 'JAPAN',
  IN: 'INDIA',
  CN: 'CHINA',
};
/** ASIA, by the vendor's words, holds Japan and India; this is the table's expansion written out once more. */
const meaning = (region: Region): Region[] => (region === 'AS' ? ['AS', 'JP', 'IN'] : [region]);
const regionsOf = (result: ReturnType<typeof expandCodes>) => (result.ok ? result.regions : []);

describe('vocabularies', () => {
  it('include and exclude are set operations, over every pair of sets', () => {
    for (const include of SETS) {
      for (const exclude of SETS) {
        const inside = new Set(include.flatMap(meaning));
        const outside = new Set(exclude.flatMap(meaning));
        const expected = REGIONS.filter((region) => inside.has(region) && !outside.has(region));
        const result = expandCodes(
          'web',
          include.map((region) => WEB[region]),
          exclude.map((region) => WEB[region]),
        );
        expect(regionsOf(result)).toEqual(expected);
        if (!result.ok) expect(result.code).toBe('region.empty');
      }
    }
  });

  it('reads GLOBAL minus anything, and exclusion without GLOBAL', () => {
    expect(regionsOf(expandCodes('web', ['GLOBAL'], ['CHINA']))).toEqual(['NA', 'EU', 'AS', 'JP', 'IN']);
    expect(regionsOf(expandCodes('web', ['ASIA'], ['JAPAN']))).toEqual(['AS', 'IN']);
    expect(regionsOf(expandCodes('web', ['EUROPE'], ['CHINA']))).toEqual(['EU']);
  });

  it.each([
    ['web', ['ATLANTIS'], 'region.unknown_code'],
    ['web', ['GLOBAL', 'Europe'], 'region.unknown_code'],
    ['web', ['OCEANIA'], 'region.no_region'],
    ['native', ['GLOB', 'RU'], 'region.no_region'],
    ['conversational', ['CHINA'], 'region.unknown_code'],
    ['recording', [], 'region.empty'],
  ] as const)('fails closed on %s %j', (vocabulary, codes, code) => {
    expect(expandCodes(vocabulary, codes)).toMatchObject({ ok: false, code });
  });

  it('asks to confirm a code that is only a part of its region, and shuts the whole region out with it', () => {
    expect(expandCodes('native', ['US', 'EU'])).toEqual({ ok: true, regions: ['NA', 'EU'], confirm: ['US'] });
    expect(regionsOf(expandCodes('native', ['GLOB'], ['KR']))).toEqual(['NA', 'EU', 'JP', 'IN', 'CN']);
  });

  it('holds only known regions, and no code twice', () => {
    for (const table of Object.values(VOCABULARIES)) {
      expect(new Set(table.map(({ code }) => code)).size).toBe(table.length);
      for (const area of table) expect(area.fit === 'none').toBe(area.regions.length === 0);
    }
  });
});

describe('native mask', () => {
  it('reads every union of documented bits', () => {
    const bits: Record<Region, number> = { CN: 1, NA: 2, EU: 4, AS: 8, JP: 16, IN: 32 };
    for (const set of SETS.slice(1)) {
      const mask = set.reduce((sum, region) => sum | bits[region], 0);
      const expected = REGIONS.filter((region) => set.flatMap(meaning).includes(region));
      expect(regionsOf(expandMask(mask))).toEqual(expected);
    }
  });

  it('reads every exclusion from GLOB, in the sign JavaScript gives it', () => {
    expect(0xffffffff ^ 1).toBe(-2);
    expect(regionsOf(expandMask(-2))).toEqual(['NA', 'EU', 'AS', 'JP', 'IN']);
    expect(regionsOf(expandMask(0xfffffffe))).toEqual(['NA', 'EU', 'AS', 'JP', 'IN']);
    expect(regionsOf(expandMask(0xffffffff))).toEqual([...REGIONS]);
    expect(regionsOf(expandMask(0xffffffff & ~8))).toEqual(['NA', 'EU', 'CN']);
  });

  it.each([
    [0, 'region.zero_mask'],
    [0x2000, 'region.unknown_code'],
    [0xfffff000, 'region.no_region'],
    [0x80000004, 'region.unknown_code'],
    [0x40, 'region.no_region'],
    [1.5, 'region.unknown_code'],
    [Number.NaN, 'region.unknown_code'],
    [2 ** 32, 'region.unknown_code'],
    [-(2 ** 32), 'region.unknown_code'],
  ])('fails closed on %s', (mask, code) => {
    expect(expandMask(mask)).toMatchObject({ ok: false, code });
  });

  it('says when a fence has no exact mask', () => {
    for (const set of SETS.slice(1)) {
      const { mask, exact } = nativeMask(set);
      const back = regionsOf(expandMask(mask));
      expect(containsFence(back, set)).toBe(true);
      expect(exact).toBe(back.length === set.length);
    }
  });
});

describe('fence', () => {
  it('keeps its order and expands GLOBAL in place', () => {
    expect(parseFence(['JP', 'EU'])).toEqual({ ok: true, fence: ['JP', 'EU'] });
    expect(parseFence('GLOBAL')).toEqual({ ok: true, fence: [...REGIONS] });
    expect(parseFence(['IN', 'GLOBAL'])).toEqual({ ok: true, fence: ['IN', 'NA', 'EU', 'AS', 'JP', 'CN'] });
  });

  it.each([
    [[], 'fence.empty'],
    [['EU', 'EU'], 'fence.repeated_region'],
    [['GLOBAL', 'GLOBAL'], 'fence.repeated_region'],
    [['eu'], 'fence.unknown_region'],
    [['EU', null], 'fence.unknown_region'],
    [undefined, 'fence.unknown_region'],
    [{ 0: 'EU' }, 'fence.unknown_region'],
  ])('refuses %j', (value, code) => {
    expect(parseFence(value)).toMatchObject({ ok: false, code });
  });

  it('describes a change', () => {
    expect(describeFenceChange(['EU', 'JP'], ['JP', 'NA'])).toEqual({
      added: ['NA'],
      removed: ['EU'],
      home: 'JP',
      says: 'adds NA; removes EU; moves the preferred home from EU to JP',
    });
    expect(describeFenceChange(['EU'], ['EU']).says).toBe('changes nothing');
  });

  it('contains, is global, takes another home', () => {
    expect([containsFence(['EU', 'JP'], ['JP']), containsFence(['EU'], ['JP'])]).toEqual([true, false]);
    expect([isGlobal(REGIONS), isGlobal(['EU'])]).toEqual([true, false]);
    expect([withHome(['EU', 'JP'], 'JP'), withHome(['EU'], 'JP')]).toEqual([['JP', 'EU'], null]);
  });
});

describe('whiteboard data centres', () => {
  it('accepts the newer name of the European centre', () => {
    expect(findDataCentre('eu', '2026-01-01')).toMatchObject({ code: 'gb-lon', region: 'EU' });
  });

  it('finds nothing for an unknown code', () => {
    expect(findDataCentre('us-east', '2026-01-01')).toBeNull();
  });
});
