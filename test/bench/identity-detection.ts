import { MINUTE, replay, SCENARIOS } from '../support/sign-in-scenarios';
import type { Result } from './measure';

/** Days of each kind, from seeds the suite does not use. */
const DAYS = 20;
const FIRST_SEED = 1000;
const EVERY = 2 * MINUTE;
const LEAST_FOUND = 0.95;
const MOST_FALSE = 0.05;

/** How often attacks are found, how soon, and how often there is an alarm without one. */
export function* detection(): Generator<Result> {
  for (const scenario of SCENARIOS) {
    const verdicts = Array.from({ length: DAYS }, (_, n) => replay(scenario, FIRST_SEED + n, EVERY));
    const found = verdicts.flatMap(({ foundAfterMs }) => (foundAfterMs === null ? [] : [foundAfterMs / MINUTE]));
    const falseAlarms = verdicts.filter(({ falseAlarm }) => falseAlarm).length / DAYS;
    const rate = found.length / DAYS;
    const minutes = found.sort((a, b) => a - b);
    const attack = scenario.attack !== null;
    yield {
      case: `${attack ? 'found' : 'no alarm'}: ${scenario.name}`,
      unit: 'share of days',
      ours: round(attack ? rate : 1 - falseAlarms),
      falseAlarms: round(falseAlarms),
      ...(attack
        ? { minutesMedian: Math.round(minutes[minutes.length >> 1] ?? 0), minutesMost: Math.round(minutes.at(-1) ?? 0) }
        : {}),
      days: DAYS,
      peers: {},
      ratio: {},
      targets: { least: attack ? LEAST_FOUND : 1 - MOST_FALSE, falseAlarms: MOST_FALSE },
      pass: (!attack || rate >= LEAST_FOUND) && falseAlarms <= MOST_FALSE,
    };
  }
}

const round = (value: number) => Math.round(value * 1000) / 1000;
