import { DETECTION, type WindowSeconds } from './limits';

/**
 * Finds attacks in remembered attempts. Pure: rows and a time go in, findings come out; accounts, networks and agents are opaque words.
 * Nothing is learnt from one attempt alone, and what a busy place does on its own (mistyped, corrected, signed in) counts in its favour.
 */
export interface Attempt {
  /** Unix milliseconds. */
  readonly at: number;
  readonly outcome: 'wrong' | 'unknown' | 'factor' | 'half' | 'done';
  readonly account: string;
  /** Empty when the client's address is not known. */
  readonly network: string;
  readonly agent: string;
}

export interface Finding {
  readonly kind: 'brute-force' | 'spray' | 'stuffing';
  /** What the attempts have in common. */
  readonly scope: 'account' | 'network' | 'agent' | 'all';
  /** The account, network or agent; `all` when they share none. */
  readonly subject: string;
  readonly windowSeconds: WindowSeconds;
  readonly counts: Counts;
}

export interface Counts {
  readonly failures: number;
  readonly accounts: number;
  readonly networks: number;
  /** Of the accounts, those that do not exist. */
  readonly unknown: number;
  /** Of the accounts, those whose password was right and whose second factor never came. */
  readonly half: number;
}

/** All attempts at one account from one network. */
interface Pair {
  readonly account: string;
  readonly network: string;
  agent: string;
  failures: number;
  unknown: boolean;
  half: boolean;
  done: boolean;
  lastFailureAt: number;
}

/** Attacks going on at `now`, each in the shortest window that shows it and under the narrowest scope that explains it. */
export function detect(attempts: readonly Attempt[], now: number): Finding[] {
  const found = new Map<string, Finding>();
  for (const windowSeconds of DETECTION.windows) {
    const from = now - windowSeconds * 1000;
    for (const finding of inWindow(pairUp(attempts.filter(({ at }) => at > from && at <= now)), windowSeconds, now)) {
      const key = `${finding.kind} ${finding.subject}`;
      if (!found.has(key)) found.set(key, finding);
    }
  }
  return [...found.values()];
}

function inWindow(pairs: readonly Pair[], windowSeconds: WindowSeconds, now: number): Finding[] {
  const findings: Finding[] = [];
  // An attack that ended is not found again only because its traces are still in a longer window.
  const goesOnSince = now - (windowSeconds * 1000) / 8;
  const judge = (scope: Finding['scope'], subject: string, group: readonly Pair[], verdict: Verdict) => {
    const { settled, lastFailureAt, ...counts } = summarise(group);
    const kind = lastFailureAt > goesOnSince ? verdict(counts, settled) : null;
    if (kind) findings.push({ kind, scope, subject, windowSeconds, counts });
  };

  const [minFailures, minNetworks] = DETECTION.bruteForce[windowSeconds];
  for (const [account, group] of groupBy(pairs, 'account', minNetworks)) {
    judge('account', account, group, ({ failures, networks }) =>
      failures >= minFailures && networks >= minNetworks ? 'brute-force' : null,
    );
  }
  let rest = without(pairs, 'account', findings);
  const { network: ofNetwork, agent: ofAgent, all: ofAll } = DETECTION.open;
  for (const [network, group] of groupBy(rest, 'network', ofNetwork[windowSeconds])) {
    if (network === '') continue;
    judge('network', network, group, (counts, settled) =>
      tooMany(counts, settled, ofNetwork[windowSeconds]) ? 'spray' : null,
    );
  }
  rest = without(rest, 'network', findings);
  for (const [agent, group] of groupBy(rest, 'agent', ofAgent[windowSeconds])) {
    judge('agent', agent, group, scattered(ofAgent[windowSeconds]));
  }
  rest = without(rest, 'agent', findings);
  judge('all', 'all', rest, scattered(ofAll[windowSeconds]));
  return findings;
}

/** What a group of pairs shows, given how many of its accounts got their password right. */
type Verdict = (counts: Counts, settled: number) => Finding['kind'] | null;

const tooMany = ({ accounts }: Counts, settled: number, allowed: number): boolean =>
  accounts >= allowed + DETECTION.openPerSettled * settled;

/** Too many open accounts, from many networks at once. */
const scattered =
  (allowed: number): Verdict =>
  (counts, settled) =>
    counts.networks >= DETECTION.networks && tooMany(counts, settled, allowed) ? kindOf(counts) : null;

function pairUp(attempts: readonly Attempt[]): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { at, outcome, account, network, agent } of attempts) {
    const key = `${account} ${network}`;
    let pair = pairs.get(key);
    if (!pair) {
      pair = { account, network, agent, failures: 0, unknown: false, half: false, done: false, lastFailureAt: 0 };
      pairs.set(key, pair);
    }
    if (outcome === 'half') pair.half = true;
    else if (outcome === 'done') pair.done = true;
    else {
      pair.failures += 1;
      pair.agent = agent;
      pair.unknown ||= outcome === 'unknown';
      pair.lastFailureAt = Math.max(pair.lastFailureAt, at);
    }
  }
  return [...pairs.values()];
}

interface Summary extends Counts {
  /** Accounts whose password was right here. */
  readonly settled: number;
  readonly lastFailureAt: number;
}

function summarise(group: readonly Pair[]): Summary {
  let [failures, lastFailureAt] = [0, 0];
  const [open, networks, unknown] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const [half, settled] = [new Set<string>(), new Set<string>()];
  for (const pair of group) {
    if (pair.half || pair.done) {
      settled.add(pair.account);
      if (!pair.done) half.add(pair.account);
    } else {
      failures += pair.failures;
      open.add(pair.account);
      networks.add(pair.network);
      if (pair.unknown) unknown.add(pair.account);
      lastFailureAt = Math.max(lastFailureAt, pair.lastFailureAt);
    }
  }
  const counts = { failures, accounts: open.size, networks: networks.size, unknown: unknown.size, half: half.size };
  return { ...counts, settled: settled.size, lastFailureAt };
}

function kindOf({ accounts, unknown, half }: Counts): 'spray' | 'stuffing' {
  const { stuffing } = DETECTION;
  const listed = unknown >= stuffing.unknownShare * accounts;
  const halfway = half >= stuffing.half && half >= stuffing.halfShare * accounts;
  return listed || halfway ? 'stuffing' : 'spray';
}

type Common = 'account' | 'network' | 'agent';

/** Groups of at least `smallest` pairs. */
function groupBy(pairs: readonly Pair[], by: Common, smallest: number): [string, Pair[]][] {
  const groups = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const group = groups.get(pair[by]);
    if (group) group.push(pair);
    else groups.set(pair[by], [pair]);
  }
  return [...groups].filter(([, group]) => group.length >= smallest);
}

/** What no finding of this scope explains. */
function without(pairs: readonly Pair[], scope: Common, findings: readonly Finding[]): Pair[] {
  const explained = new Set(findings.filter((finding) => finding.scope === scope).map(({ subject }) => subject));
  return pairs.filter((pair) => !explained.has(pair[scope]));
}
