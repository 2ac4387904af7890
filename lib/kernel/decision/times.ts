import type { ParsedToken } from '../token';
import { type Refusal, refuse } from './deny';
import type { Grants } from './grants';
import { MAX_LIFETIME_SECONDS, type TokenRules } from './policy-defaults';
import type { Allow } from './types';

/** When each right ends, Unix seconds; 0 = not held. */
export type Ends = Allow['expiresAt'] & { login: number };

/** The longest life the project and the 24 h rule leave, seconds. */
export function lifetimeCap(rules: TokenRules): number {
  return Math.min(rules.maxLifetimeSeconds, MAX_LIFETIME_SECONDS);
}

/**
 * The token itself: not from the future beyond the skew, not past min(token, project cap, 24 h). Version 006 has no issue
 * time, so the cap counts from now: each admission is short, though the token may be used again until its own end.
 * Times in Unix seconds.
 */
export function tokenEnd(token: ParsedToken, rules: TokenRules, now: number): number | Refusal {
  const cap = lifetimeCap(rules);
  if (token.version === '006') {
    return token.expiresAt <= now ? expired(token.expiresAt) : Math.min(token.expiresAt, now + cap);
  }
  if (token.issuedAt > now + rules.clockSkewSeconds) {
    const detail = `The token was issued at ${token.issuedAt}, ${token.issuedAt - now} s ahead of this edge; ${rules.clockSkewSeconds} s are allowed.`;
    return { ...refuse('token.not_yet_valid', detail), retryAfter: token.issuedAt - rules.clockSkewSeconds };
  }
  const end = token.issuedAt + Math.min(token.lifetimeSeconds, cap);
  return end <= now ? expired(end) : end;
}

const expired = (end: number) => refuse('token.expired', `The token expired at ${end}.`);

/** Each right's end is the smaller of its own and the token's; what has ended already is not held. */
export function endsOf(grants: Grants, end: number, now: number): Ends | Refusal {
  if (grants.join > 0 && grants.join <= now) {
    return refuse('privilege.expired', `The join privilege expired at ${grants.join}.`);
  }
  const until = (own: number) => (own > now ? Math.min(own, end) : 0);
  return {
    join: until(grants.join),
    audio: until(grants.audio),
    video: until(grants.video),
    data: until(grants.data),
    login: until(grants.login),
  };
}
