import { type Attempt, detect } from '@/lib/identity/abuse/detect';
import { THROTTLE } from '@/lib/identity/abuse/limits';

/**
 * Days at the sign-in page, made from a seed: what ordinary people, busy places and attackers do, as the detector sees it. Attackers act with
 * the throttle in mind: no more than it lets through from one address, and no more than it lets through at one account.
 */
export interface Scenario {
  readonly name: string;
  /** The finding an attack must lead to; null for a day without one, on which any finding is a false alarm. */
  readonly attack: { readonly kinds: readonly string[]; readonly scopes: readonly string[] } | null;
  readonly make: (seed: number) => Attempt[];
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Midnight of the day all scenarios take place on. */
export const DAY_START = Date.UTC(2026, 10, 16);

/** mulberry32: the same seed, the same day. */
function random(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    chance: (probability: number) => next() < probability,
    between: (from: number, to: number) => from + next() * (to - from),
    whole: (from: number, to: number) => Math.floor(from + next() * (to - from + 1)),
    pick: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!,
  };
}
type Random = ReturnType<typeof random>;

/** Browsers as they are spread over ordinary people. */
const AGENTS = [
  'chrome',
  'chrome',
  'chrome',
  'chrome',
  'safari',
  'safari',
  'edge',
  'firefox',
  'chrome-mobile',
  'safari-mobile',
];

interface Habits {
  /** Mistypes the password once or twice, then gets it right. */
  typo: number;
  /** Mistypes the address first. */
  wrongAddress: number;
  /** Gives up after two or three failures. */
  givesUp: number;
  /** Leaves at the second factor. */
  leaves: number;
}
const USUAL: Habits = { typo: 0.06, wrongAddress: 0.015, givesUp: 0.007, leaves: 0.005 };

/** One person signing in, from the first try to the end. */
function signsIn(
  r: Random,
  who: { account: string; network: string; agent: string },
  from: number,
  habits: Habits,
): Attempt[] {
  const attempts: Attempt[] = [];
  let at = from;
  const say = (outcome: Attempt['outcome'], account = who.account) => {
    attempts.push({ ...who, account, at, outcome });
    at += r.between(4_000, 20_000);
  };
  if (r.chance(habits.wrongAddress)) say('unknown', `${who.account}-mistyped`);
  if (r.chance(habits.givesUp)) {
    for (let n = r.whole(2, 3); n > 0; n--) say('wrong');
    return attempts;
  }
  if (r.chance(habits.typo)) for (let n = r.whole(1, 2); n > 0; n--) say('wrong');
  say('half');
  if (r.chance(habits.leaves)) return attempts;
  if (r.chance(habits.typo)) say('factor');
  say('done');
  return attempts;
}

/** People signing in from where they live and work, most of them in the morning. */
function ordinary(r: Random, people: number): Attempt[] {
  const attempts: Attempt[] = [];
  for (let person = 0; person < people; person++) {
    const agent = r.pick(AGENTS);
    const home = { account: `person-${person}`, network: `home-${person}`, agent };
    const office = { ...home, network: `office-${person % 40}` };
    const morning = DAY_START + r.between(6.5, 11) * HOUR;
    attempts.push(...signsIn(r, r.chance(0.6) ? office : home, morning, USUAL));
    if (r.chance(0.4))
      attempts.push(...signsIn(r, r.chance(0.5) ? office : home, morning + r.between(2, 9) * HOUR, USUAL));
  }
  return attempts;
}

/** Guesses spread over a stretch of time, each at an account and from a source of its own choosing. */
function guesses(
  r: Random,
  { from, until, count }: { from: number; until: number; count: number },
  each: (n: number) => Omit<Attempt, 'at'>,
): Attempt[] {
  return Array.from({ length: count }, (_, n) => ({ at: r.between(from, until), ...each(n) }));
}

const night = (r: Random) => DAY_START + r.between(0, 18) * HOUR;
const miss = (r: Random, unknownShare: number): Attempt['outcome'] => (r.chance(unknownShare) ? 'unknown' : 'wrong');

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'brute force, one account from many networks',
    attack: { kinds: ['brute-force'], scopes: ['account'] },
    make(seed) {
      const r = random(seed);
      const networks = r.whole(12, 200);
      const from = night(r);
      // Five free guesses, then the pauses: fifteen an hour at most.
      const guess = () => ({
        outcome: 'wrong' as const,
        account: 'person-7',
        network: `bot-${r.whole(1, networks)}`,
        agent: r.pick(AGENTS),
      });
      return [...ordinary(r, 1000), ...guesses(r, { from, until: from + HOUR, count: r.whole(12, 15) }, guess)];
    },
  },
  {
    name: 'spray from one network, fast',
    attack: { kinds: ['spray'], scopes: ['network'] },
    make(seed) {
      const r = random(seed);
      const from = night(r);
      const first = r.whole(0, 900);
      // Twenty free failures for each of one to three addresses.
      const guess = (n: number) => ({
        outcome: miss(r, 0.2),
        account: `person-${first + n}`,
        network: 'sprayer',
        agent: 'chrome',
      });
      return [
        ...ordinary(r, 1000),
        ...guesses(r, { from, until: from + 10 * MINUTE, count: r.whole(1, 3) * 20 }, guess),
      ];
    },
  },
  {
    name: 'spray from one network, slow',
    attack: { kinds: ['spray'], scopes: ['network'] },
    make(seed) {
      const r = random(seed);
      // Never faster than a person: one account every eight to fifteen minutes, all day.
      const guess = (n: number) => ({
        outcome: miss(r, 0.1),
        account: `person-${n}`,
        network: 'sprayer',
        agent: 'chrome',
      });
      return [
        ...ordinary(r, 1000),
        ...guesses(r, { from: DAY_START, until: DAY_START + DAY, count: r.whole(96, 180) }, guess),
      ];
    },
  },
  {
    name: 'spray from many networks, one tool',
    attack: { kinds: ['spray', 'stuffing'], scopes: ['agent', 'all'] },
    make(seed) {
      const r = random(seed);
      const from = night(r);
      const networks = r.whole(40, 300);
      const agent = r.chance(0.5) ? 'chrome' : 'a-tool';
      const guess = (n: number) => ({
        outcome: miss(r, 0.15),
        account: `person-${n}`,
        network: `bot-${r.whole(1, networks)}`,
        agent,
      });
      return [...ordinary(r, 1000), ...guesses(r, { from, until: from + HOUR, count: r.whole(150, 400) }, guess)];
    },
  },
  {
    name: 'stuffing, distributed',
    attack: { kinds: ['stuffing'], scopes: ['all', 'agent'] },
    make(seed) {
      const r = random(seed);
      const from = night(r);
      const networks = r.whole(200, 2000);
      const unknownShare = r.between(0.5, 0.95);
      const guess = (n: number) => ({
        outcome: r.chance(0.01) ? ('half' as const) : miss(r, unknownShare),
        account: `listed-${n}`,
        network: `bot-${r.whole(1, networks)}`,
        agent: r.pick(AGENTS),
      });
      return [...ordinary(r, 1000), ...guesses(r, { from, until: from + HOUR, count: r.whole(300, 1500) }, guess)];
    },
  },
  {
    name: 'stuffing, distributed and slow',
    attack: { kinds: ['stuffing'], scopes: ['all', 'agent'] },
    make(seed) {
      const r = random(seed);
      const guess = (n: number) => ({
        outcome: miss(r, 0.6),
        account: `listed-${n}`,
        network: `bot-${n}`,
        agent: r.pick(AGENTS),
      });
      return [
        ...ordinary(r, 1000),
        ...guesses(r, { from: DAY_START, until: DAY_START + DAY, count: r.whole(600, 1200) }, guess),
      ];
    },
  },
  { name: 'an ordinary day', attack: null, make: (seed) => ordinary(random(seed), 2000) },
  {
    name: 'an office behind one address on Monday morning',
    attack: null,
    make(seed) {
      const r = random(seed);
      const monday = { ...USUAL, typo: 0.15, givesUp: 0.015 };
      const people = r.whole(200, 500);
      const office = Array.from({ length: people }, (_, n) =>
        signsIn(
          r,
          { account: `colleague-${n}`, network: 'office', agent: r.pick(AGENTS) },
          DAY_START + r.between(8.75, 9.5) * HOUR,
          monday,
        ),
      ).flat();
      return [...ordinary(r, 500), ...office];
    },
  },
  {
    name: 'a conference network',
    attack: null,
    make(seed) {
      const r = random(seed);
      const tired = { typo: 0.15, wrongAddress: 0.04, givesUp: 0.05, leaves: 0.03 };
      const guests = Array.from({ length: r.whole(300, 800) }, (_, n) =>
        signsIn(
          r,
          { account: `guest-${n}`, network: 'hall', agent: r.pick(AGENTS) },
          DAY_START + r.between(8, 18) * HOUR,
          tired,
        ),
      ).flat();
      return [...ordinary(r, 500), ...guests];
    },
  },
  {
    name: 'a broken client that retries an old password',
    attack: null,
    make(seed) {
      const r = random(seed);
      const networks = r.whole(1, 3);
      // After five failures the throttle lets four an hour through.
      const retry = (n: number) => ({
        outcome: 'wrong' as const,
        account: 'person-3',
        network: `roaming-${n % networks}`,
        agent: 'old-client',
      });
      return [...ordinary(r, 1000), ...guesses(r, { from: DAY_START, until: DAY_START + DAY, count: 100 }, retry)];
    },
  },
  {
    name: 'second factors fail for an hour at nine',
    attack: null,
    make(seed) {
      const nine = DAY_START + 9 * HOUR;
      const lost = (at: number) => at > nine && at < nine + HOUR;
      return ordinary(random(seed), 2000).filter(({ at, outcome }) => !(outcome === 'done' && lost(at)));
    },
  },
  {
    name: 'the morning after everybody had to choose a new password',
    attack: null,
    make(seed) {
      const r = random(seed);
      const forgetful = { typo: 0.4, wrongAddress: 0.015, givesUp: 0.04, leaves: 0.01 };
      const staff = Array.from({ length: r.whole(150, 300) }, (_, n) =>
        signsIn(
          r,
          { account: `colleague-${n}`, network: 'office', agent: r.pick(AGENTS) },
          DAY_START + r.between(8, 10) * HOUR,
          forgetful,
        ),
      ).flat();
      return [...ordinary(r, 500), ...staff];
    },
  },
];

/** What the detector says about one such day. */
export interface Verdict {
  /** From the first attempt of the attack until it was found; null when it was not, or when there was none. */
  readonly foundAfterMs: number | null;
  /** Something was found that was not there. */
  readonly falseAlarm: boolean;
}

const hostile = (network: string): boolean => network.startsWith('bot-') || network === 'sprayer';
const isFailure = ({ outcome }: Attempt): boolean => outcome !== 'half' && outcome !== 'done';

/** As in life, a failure leads to a look, when the last one is long enough ago; here minutes instead of seconds, to get through the day,
 * and fewer once the attack is found. */
export function replay({ attack, make }: Scenario, seed: number, everyMs: number): Verdict {
  const attempts = make(seed).sort((a, b) => a.at - b.at);
  const beganAt = attempts.find(({ network }) => hostile(network))?.at ?? 0;
  let [nextLook, foundAfterMs, falseAlarm] = [0, null as number | null, false];
  attempts.forEach((attempt, n) => {
    if (!isFailure(attempt) || attempt.at < nextLook) return;
    const { at: now } = attempt;
    nextLook = now + (foundAfterMs === null ? everyMs : 10 * everyMs);
    const remembered = attempts.slice(Math.max(0, n + 1 - THROTTLE.attemptsKept), n + 1);
    for (const { kind, scope, subject } of detect(remembered, now)) {
      if (attack?.kinds.includes(kind) && attack.scopes.includes(scope)) foundAfterMs ??= now - beganAt;
      // One network of many that attack is no wrong answer, only a small one.
      else if (scope !== 'network' || !hostile(subject)) falseAlarm = true;
    }
  });
  return { foundAfterMs, falseAlarm };
}
