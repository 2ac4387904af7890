import { describe, expect, it } from 'vitest';
import { REGIONS } from '@/lib/kernel/region';
import { allBut, everywhere, fenceText, movedUp, planTitle, readDraft, stateOf, toggled } from './draft';
import { mapEdges, placeOf } from './places';
import { vocabularyRows } from './vocabulary';

describe('a drafted fence', () => {
  it('is read from the address in its order, and falls back to the current one with a reason', () => {
    expect(readDraft('in,EU', ['NA'])).toEqual({ regions: ['IN', 'EU'], problem: null });
    expect(readDraft(undefined, ['NA'])).toEqual({ regions: ['NA'], problem: null });
    expect(readDraft('EU,ASIA', ['NA'])).toMatchObject({ regions: ['NA'], problem: expect.stringContaining('ASIA') });
    expect(readDraft('', ['NA']).problem).toContain('at least one');
    expect(readDraft('EU,GLOBAL', ['NA']).regions).toEqual(['EU', 'NA', 'AS', 'JP', 'IN', 'CN']);
  });

  it('keeps the preferred home first while regions come and go', () => {
    expect(toggled(['EU', 'IN'], 'IN')).toEqual(['EU']);
    expect(toggled(['EU'], 'NA')).toEqual(['EU', 'NA']);
    expect(everywhere(['JP'])[0]).toBe('JP');
    expect(everywhere(['JP'])).toHaveLength(REGIONS.length);
    expect(allBut(['EU'], 'CN')).toEqual(['EU', 'NA', 'AS', 'JP', 'IN']);
    expect(movedUp(['EU', 'IN', 'NA'], 'NA')).toEqual(['EU', 'NA', 'IN']);
    expect(movedUp(['EU', 'IN'], 'EU')).toEqual(['EU', 'IN']);
  });

  it.each([
    [['EU', 'IN'], ['EU'], 'Narrow the fence to Europe'],
    [['EU'], ['EU', 'IN', 'JP'], 'Add India and Japan to the fence'],
    [['EU'], ['IN'], 'Move the fence to India'],
    [['EU', 'IN'], ['IN', 'EU'], 'Move the preferred home to India'],
    [['EU', 'IN', 'NA'], ['EU', 'NA', 'IN'], 'Reorder the fence'],
    [['EU'], [...REGIONS], 'Open the fence to all regions'],
    [[...REGIONS], ['NA', 'EU', 'AS', 'JP', 'IN'], 'Take Mainland China out of the fence'],
    [['EU'], ['EU'], 'Plan a fence'],
  ] as const)('%j → %j is "%s"', (before, after, title) => expect(planTitle(before, after)).toBe(title));

  it('tells how a region stands', () => {
    expect((['EU', 'IN', 'NA', 'CN'] as const).map((region) => stateOf(region, ['EU', 'IN'], ['EU', 'NA']))).toEqual([
      'allowed',
      'leaving',
      'joining',
      'refused',
    ]);
    expect(fenceText(['EU', 'IN'])).toBe('EU, IN');
    expect(fenceText(everywhere(['JP']))).toBe('GLOBAL, home JP');
  });
});

describe('the map', () => {
  it('gives no two edges the same place', () => {
    const marks = mapEdges(
      Array.from({ length: 12 }, (_, n) => ({ name: `jp-${n}`, region: 'JP' as const, state: 'in_sync' as const })),
    );
    expect(new Set(marks.map(({ lon, lat }) => `${lon},${lat}`)).size).toBe(12);
    expect(placeOf('EU', 0)).not.toEqual(placeOf('EU', 1));
  });
});

describe('the vocabulary table', () => {
  it('says that ASIA of the web SDK takes in Japan and India', () => {
    const rows = vocabularyRows();
    expect(rows[0]!.regions).toHaveLength(6);
    expect(rows.find(({ codes }) => codes.web === 'ASIA')?.regions).toEqual(['AS', 'JP', 'IN']);
    expect(rows.find(({ codes }) => codes.native === 'EU')?.codes).toMatchObject({ web: 'EUROPE', recording: 'EU' });
    expect(rows.flatMap(({ codes }) => Object.values(codes))).not.toContain('OVERSEA');
  });
});
