import {
  covers,
  fitAudience006,
  isWildcard,
  type ParsedToken,
  type Privilege,
  type Service,
  type Token006,
  type Token007,
} from '../token';
import { type Refusal, refuse } from './deny';
import type { TokenRules } from './policy-defaults';

/** What the services of a token that fit this channel and user give, each with its own end; 0 = not given. */
export interface Grants {
  /** Unix seconds, before the token's and project's limits; Infinity = no limit of its own. */
  join: number;
  audio: number;
  video: number;
  data: number;
  login: number;
  account: string;
  wildcardUser: boolean;
  wildcardChannel: boolean;
}

/** RTC privilege ids, in both versions, and the permission each one is. */
const RTC_RIGHTS = ['', 'join', 'audio', 'video', 'data'] as const;
const LOGIN_006 = 1000;

/**
 * Keeps the services meant for this channel and user and joins their privileges: a right is held as long as any of them
 * gives it. Wildcards count only when the project allows them. A token without any RTC service names no channel; it
 * passes here without rights and fails for the missing join privilege.
 */
export function grantsFor(token: ParsedToken, channel: string, account: string, rules: TokenRules): Grants | Refusal {
  return token.version === '007'
    ? grants007(token, channel, account, rules)
    : grants006(token, channel, account, rules);
}

function grants007(token: Token007, channel: string, asked: string, rules: TokenRules): Grants | Refusal {
  const account = asked === '' ? nameIn(token, channel) : asked;
  const grants = noGrants(account);
  let fits = 0;
  let rtcServices = 0;
  let worst: Refusal | null = null;
  for (const service of token.services) {
    if (service.kind !== 'rtc') continue;
    rtcServices++;
    const refusal = audienceOf(service, channel, account, rules);
    if (refusal !== null) {
      worst = closer(worst, refusal);
      continue;
    }
    fits++;
    take(grants, service.privileges, token.issuedAt);
    grants.wildcardUser ||= isWildcard(service.account);
    grants.wildcardChannel ||= isWildcard(service.channel);
  }
  if (fits === 0 && rtcServices > 0) return worst!;
  for (const service of token.services) {
    if (service.kind !== 'rtm' && service.kind !== 'rtm2') continue;
    if (account === '' || service.user !== account) continue;
    for (const { id, seconds } of service.privileges) {
      if (id === 1) grants.login = Math.max(grants.login, endOf(seconds, token.issuedAt));
    }
  }
  return grants;
}

/** Who joins when no name was asked for: the first user the token names for this channel, empty when it names none. */
function nameIn(token: Token007, channel: string): string {
  for (const service of token.services) {
    if (service.kind === 'rtc' && !isWildcard(service.account) && covers(service.channel, channel))
      return service.account;
  }
  return '';
}

type RtcService = Extract<Service, { kind: 'rtc' | 'streaming' | 'fcdn' }>;

function audienceOf(service: RtcService, channel: string, account: string, rules: TokenRules): Refusal | null {
  if (!covers(service.channel, channel)) return refuse('token.wrong_channel');
  // Nobody is named, neither in the request nor in the token: only wildcards are left, and the edge gives out a uid.
  if (account !== '' && !covers(service.account, account)) return refuse('token.wrong_account');
  if (isWildcard(service.channel) && !rules.wildcardChannel) {
    return refuse(
      'token.wildcard_forbidden',
      'The token names no single channel, and the project forbids wildcard channels.',
    );
  }
  if (isWildcard(service.account) && !rules.wildcardUser) {
    return refuse(
      'token.wildcard_forbidden',
      'The token names no single user, and the project forbids wildcard users.',
    );
  }
  return null;
}

/** Of several services that do not fit, report the one that came closest. */
function closer(known: Refusal | null, next: Refusal): Refusal {
  const order = ['token.wrong_channel', 'token.wrong_account', 'token.wildcard_forbidden'];
  return known === null || order.indexOf(next.code) > order.indexOf(known.code) ? next : known;
}

function grants006(token: Token006, channel: string, account: string, rules: TokenRules): Grants | Refusal {
  const fit = fitAudience006(token, { channel, account });
  if (fit === 'other_channel') return refuse('token.wrong_channel');
  if (fit === 'other_user') return refuse('token.wrong_account');
  if (fit === 'any_user' && !rules.wildcardUser) {
    return refuse(
      'token.wildcard_forbidden',
      'The token names no single user, and the project forbids wildcard users.',
    );
  }
  const grants = noGrants(account);
  grants.wildcardUser = fit === 'any_user';
  take(grants, token.privileges, 0);
  if (fit === 'exact') {
    const login = token.privileges.find(({ id }) => id === LOGIN_006);
    if (login) grants.login = endOf(login.seconds, 0);
  }
  return grants;
}

const noGrants = (account: string): Grants => ({
  join: 0,
  audio: 0,
  video: 0,
  data: 0,
  login: 0,
  account,
  wildcardUser: false,
  wildcardChannel: false,
});

function take(grants: Grants, privileges: readonly Privilege[], base: number): void {
  for (const { id, seconds } of privileges) {
    const right = RTC_RIGHTS[id];
    if (right) grants[right] = Math.max(grants[right], endOf(seconds, base));
  }
}

/** 0 means no limit of its own. Sums stay below 2^53: times are numbers, never u32. */
const endOf = (seconds: number, base: number) => (seconds === 0 ? Number.POSITIVE_INFINITY : base + seconds);
