import { describe, expect, it } from 'vitest';
import { impossibleJourney } from './travel';

const HOUR = 3_600_000;
const BERLIN = { country: 'DE', lat: 52.52, lon: 13.405 };
const HAMBURG = { country: 'DE', lat: 53.55, lon: 10.0 };
const AUCKLAND = { country: 'NZ', lat: -36.85, lon: 174.76 };
const journey = (before: typeof BERLIN, after: typeof BERLIN, hours: number) =>
  impossibleJourney({ at: 0, where: before }, { at: hours * HOUR, where: after });

describe('two sign-ins of one person', () => {
  it('are unlikely when nobody travels that fast', () => {
    expect(journey(BERLIN, AUCKLAND, 2)).toEqual({ minutes: 120, km: 17_747 });
    expect(journey(BERLIN, AUCKLAND, 17)).not.toBeNull();
    expect(journey(BERLIN, AUCKLAND, 18)).toBeNull();
  });

  it('are ordinary over distances an inaccurate database makes up', () => {
    expect(journey(BERLIN, HAMBURG, 0)).toBeNull();
    const vague = { ...AUCKLAND, accuracyKm: 17_500 };
    expect(impossibleJourney({ at: 0, where: BERLIN }, { at: 0, where: vague })).toBeNull();
  });

  it('are held against each other by country when that is all there is to know', () => {
    const [here, there] = [{ country: 'DE' }, { country: 'NZ', lat: -36.85, lon: 174.76 }];
    const at = (minutes: number) => impossibleJourney({ at: 0, where: here }, { at: minutes * 60_000, where: there });
    expect(at(59)).toEqual({ minutes: 59, km: null });
    expect(at(60)).toBeNull();
    expect(impossibleJourney({ at: 0, where: here }, { at: 0, where: { country: 'DE' } })).toBeNull();
  });

  it('cross the antimeridian the short way', () => {
    const [west, east] = [
      { country: 'FJ', lat: -17, lon: 179.9 },
      { country: 'FJ', lat: -17, lon: -179.9 },
    ];
    expect(journey(west, east, 0)).toBeNull();
  });
});
