/**
 * Every number of the sign-in defence. The database is handed the throttle's with each call, the detector reads its own here, and the
 * staff's page and this folder's documentation render them. Safe for browsers.
 */
export const THROTTLE = {
  /**
   * Failures that cost nothing: of addresses and networks within `windowSeconds`, of the others until they are forgotten. `account` is a
   * password tried from strangers' networks, `known` one tried from where its owner signed in lately, `code` a second factor, `other` the rest.
   */
  free: { account: 5, known: 5, code: 5, other: 5, address: 20, network: 60 },
  /** The same while an attack that was found goes on, for those it concerns. Known networks keep theirs. */
  strict: { account: 2, code: 3, other: 3, address: 4, network: 10 },
  /**
   * Consecutive failures that close a path until the person proves to be themselves in another way. 80 from strangers' networks and 20 from
   * known ones: 100 for one password, the most NIST SP 800-63B-4 (3.2.2) allows.
   */
  closedAfter: { account: 80, known: 20, code: 100 },
  windowSeconds: 900,
  /** The first pause is 1 s, each further one twice as long, up to this. */
  longestPauseSeconds: 900,
  /** A person's failures are forgotten after this long without another one. */
  quietSeconds: 3600,
  /** A network is known for an account for this long after a sign-in with both factors from it. */
  knownDays: 30,
  /** Attempts remembered for the detector, for a day at most. */
  attemptsKept: 20_000,
} as const;

/** Seconds to thresholds. An account is open where it failed in a network and its password was never right there. */
export const DETECTION = {
  everySeconds: 10,
  /** How long the stricter allowances outlast the last sign of the attack. */
  activeSeconds: 3600,
  windows: [900, 3600, 86_400],
  /** Open accounts that one network, one user agent or all sources together may have, beside a share of those that got in. */
  open: {
    network: { 900: 12, 3600: 18, 86400: 30 },
    agent: { 900: 20, 3600: 30, 86400: 60 },
    all: { 900: 30, 3600: 45, 86400: 90 },
  },
  openPerSettled: 0.15,
  /** Attempts of no common source must come from this many networks. */
  networks: 10,
  /** What makes a spray a stuffing of lists from elsewhere: accounts that do not exist, or right passwords without the second factor. */
  stuffing: { unknownShare: 0.3, half: 5, halfShare: 0.02 },
  /** Failures at one account, and the networks they come from. */
  bruteForce: { 900: [8, 5], 3600: [10, 5], 86400: [20, 8] },
} as const;

export type WindowSeconds = (typeof DETECTION.windows)[number];

/** What makes two sign-ins of one person unlikely to be the same person's. Networks and countries used lately are never news. */
export const TRAVEL = {
  kmPerHour: 1000,
  leastKm: 500,
  /** Two countries, when the database knows no cities. */
  countriesMinutes: 60,
} as const;

/** Turns at hashing passwords. On a core a hash takes some 20 ms, so the longest line of one network is served in some six seconds. */
export const HASHING = {
  mostAtOnce: 2,
  waiting: 256,
  waitingPerPlace: 128,
  /** With this many waiting, each turn is followed by a rest of so many times its length, which belongs to everybody else's pages. */
  crowd: 8,
  restTimes: 2,
} as const;
