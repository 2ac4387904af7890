import { formatNumber, formatSpan } from '@/app/_ui/format';
import type { FindingView } from '@/lib/identity';
import { DETECTION, HASHING, THROTTLE } from '@/lib/identity/abuse/limits';

/** The words of this page. Every number in them is the one that is enforced. */
const KINDS: Record<FindingView['kind'], string> = {
  'brute-force': 'Brute force',
  spray: 'Password spray',
  stuffing: 'Credential stuffing',
};
export const kindOf = ({ kind }: Pick<FindingView, 'kind'>): string => KINDS[kind];

export const counted = (count: number, noun: string): string =>
  `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;

/** What the attempts had in common. */
export function sourceOf({ scope, network, networks }: Pick<FindingView, 'scope' | 'network' | 'networks'>): string {
  if (scope === 'network') return network || 'one network';
  if (scope === 'account') return `one account, ${counted(networks, 'network')}`;
  return scope === 'agent' ? `one user agent, ${counted(networks, 'network')}` : counted(networks, 'network');
}

const { free, strict, closedAfter } = THROTTLE;
/** What is left of the free failures. */
const strangers = `Strangers cut to ${strict.account}`;
const DONE: Record<FindingView['scope'], string> = {
  account: strangers,
  network: `Cut to ${strict.address} an address, ${strict.network} in all`,
  agent: `${strangers}, ${strict.address} an address`,
  all: `${strangers}, ${strict.address} an address`,
};
export const doneAbout = ({ scope }: Pick<FindingView, 'scope'>): string => DONE[scope];

export interface LimitRow {
  readonly what: string;
  readonly free: number;
  readonly attacked: number;
  /** Null: pauses only. */
  readonly closes: number | null;
}

export const LIMIT_ROWS: readonly LimitRow[] = [
  {
    what: 'A password, from strangers’ networks',
    free: free.account,
    attacked: strict.account,
    closes: closedAfter.account,
  },
  {
    what: 'A password, from networks its owner used',
    free: free.known,
    attacked: free.known,
    closes: closedAfter.known,
  },
  { what: 'A second factor', free: free.code, attacked: strict.code, closes: closedAfter.code },
  { what: 'An address (IPv6: a /64)', free: free.address, attacked: strict.address, closes: null },
  { what: 'A network (/24, /48)', free: free.network, attacked: strict.network, closes: null },
];

export const LIMIT_NOTES: readonly string[] = [
  `Addresses and networks are counted in windows of ${formatSpan(THROTTLE.windowSeconds * 1000)}, whatever is one person’s until ${formatSpan(THROTTLE.quietSeconds * 1000)} have passed without a failure.`,
  `After the free failures comes a pause of 1 s, each further one twice as long, up to ${formatSpan(THROTTLE.longestPauseSeconds * 1000)}.`,
  `A network counts as its owner’s for ${THROTTLE.knownDays} days after a sign-in with both factors. Strangers’ failures neither pause nor close it.`,
  `After ${closedAfter.account + closedAfter.known} failures in a row a password is closed. A passkey, a network its owner used or a new password opens it again. Passkeys are never paused by guessed passwords.`,
  `Attacks are looked for every ${DETECTION.everySeconds} s in windows of ${DETECTION.windows.map((seconds) => formatSpan(seconds * 1000)).join(', ')}. What is found makes allowances stricter until ${formatSpan(DETECTION.activeSeconds * 1000)} after its last sign.`,
  `At most ${HASHING.mostAtOnce} passwords are checked at once; ${HASHING.waiting} may wait, ${HASHING.waitingPerPlace} from one network. Others are asked to try again. From ${HASHING.crowd} waiting on, each turn is followed by a rest ${HASHING.restTimes} times as long, so that pages stay quick.`,
];
