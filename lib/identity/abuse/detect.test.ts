import { describe, expect, it } from 'vitest';
import { MINUTE, replay, SCENARIOS } from '@/test/support/sign-in-scenarios';
import { type Attempt, detect } from './detect';
import { DETECTION } from './limits';

/** Bounds of the README; `npm run bench -- identity` prints the measured rates over more days. */
const DAYS = 2;
const EVERY = 2 * MINUTE;
const FOUND_WITHIN_MINUTES: Record<string, number> = {
  'brute force, one account from many networks': 60,
  'spray from one network, fast': 30,
  'spray from one network, slow': 600,
  'spray from many networks, one tool': 30,
  'stuffing, distributed': 30,
  'stuffing, distributed and slow': 360,
};

describe('attacks', () => {
  for (const scenario of SCENARIOS.filter(({ attack }) => attack)) {
    it(`finds: ${scenario.name}`, () => {
      for (let seed = 1; seed <= DAYS; seed++) {
        const { foundAfterMs, falseAlarm } = replay(scenario, seed, EVERY);
        expect(foundAfterMs, `day ${seed}`).not.toBeNull();
        expect(foundAfterMs! / MINUTE, `day ${seed}`).toBeLessThanOrEqual(FOUND_WITHIN_MINUTES[scenario.name]!);
        expect(falseAlarm, `day ${seed}`).toBe(false);
      }
    });
  }
});

describe('days without an attack', () => {
  for (const scenario of SCENARIOS.filter(({ attack }) => !attack)) {
    it(`raises no alarm: ${scenario.name}`, () => {
      for (let seed = 1; seed <= DAYS; seed++)
        expect(replay(scenario, seed, 5 * EVERY).falseAlarm, `day ${seed}`).toBe(false);
    });
  }
});

describe('a finding', () => {
  const NOW = Date.UTC(2026, 10, 16, 12);
  const spray = (count: number, at: number, network = 'sprayer'): Attempt[] =>
    Array.from({ length: count }, (_, n) => ({
      at,
      outcome: 'wrong',
      account: `person-${n}`,
      network,
      agent: 'chrome',
    }));

  it('begins at its threshold and counts what it is about', () => {
    const enough = DETECTION.open.network[900];
    expect(detect(spray(enough - 1, NOW - MINUTE), NOW)).toEqual([]);
    expect(detect(spray(enough, NOW - MINUTE), NOW)).toEqual([
      {
        kind: 'spray',
        scope: 'network',
        subject: 'sprayer',
        windowSeconds: 900,
        counts: { failures: enough, accounts: enough, networks: 1, unknown: 0, half: 0 },
      },
    ]);
  });

  it('weighs what failed against what got in from the same place', () => {
    const busy = Array.from({ length: 200 }, (_, n): Attempt => {
      return { at: NOW - MINUTE, outcome: 'done', account: `colleague-${n}`, network: 'sprayer', agent: 'chrome' };
    });
    const allowed = DETECTION.open.network[900] + 200 * DETECTION.openPerSettled;
    expect(detect([...busy, ...spray(allowed - 1, NOW - MINUTE)], NOW)).toEqual([]);
    expect(detect([...busy, ...spray(allowed, NOW - MINUTE)], NOW)).toHaveLength(1);
  });

  it('does not count an account whose password came right in the end', () => {
    const corrected = spray(50, NOW - 2 * MINUTE).flatMap((attempt): Attempt[] => [
      attempt,
      { ...attempt, at: NOW - MINUTE, outcome: 'half' },
    ]);
    expect(detect(corrected, NOW)).toEqual([]);
  });

  it('ends when the attack ends, though its traces stay in the longer windows', () => {
    const attempts = spray(60, NOW);
    const subjects = (minutes: number) =>
      detect(attempts, NOW + minutes * MINUTE).map(({ windowSeconds }) => windowSeconds);
    expect(subjects(1)).toEqual([900]);
    expect(subjects(5)).toEqual([3600]);
    expect(subjects(120)).toEqual([86_400]);
    expect(subjects(190)).toEqual([]);
  });

  it('is not made of clients whose address nobody knows', () => {
    expect(detect(spray(19, NOW - MINUTE, ''), NOW)).toEqual([]);
  });
});
