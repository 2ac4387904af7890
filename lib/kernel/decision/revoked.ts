import { type Refusal, refuse } from './deny';
import type { Revocations } from './revocations';
import type { World } from './world';

/** Who and what a join or a live session rests on. */
export interface Bearer {
  tokenId: string | null;
  certificateId: string | null;
  account: string;
  channel: string;
  wildcardUser: boolean;
  /** Unix seconds; null when unknown (006, app-id mode). */
  issuedAt: number | null;
}

/**
 * "Issued before T" refuses every token issued up to T plus the allowed clock skew, because a clock that may run ahead
 * by the skew could otherwise have issued it before T. Without an issue time, a revoked subject is refused outright. A
 * revoked token stays refused whatever its issue time: it is one known token.
 *
 * `world.usersOf` names the accounts a wildcard token was used by: when one of them is revoked, so is the token under
 * any name.
 */
export function revokedFor(
  bearer: Bearer,
  revocations: Revocations,
  skewSeconds: number,
  world: Pick<World, 'usersOf'>,
): Refusal | null {
  if (revocations.size === 0) return null;
  const { tokenId, certificateId, issuedAt, account, channel } = bearer;
  if (tokenId !== null && revocations.find('token', tokenId))
    return refuse('revoked.token', 'This very token is revoked.');

  const hit = (type: 'user' | 'channel' | 'certificate' | 'project', name: string, what: string): Refusal | null => {
    const revocation = revocations.find(type, name);
    if (revocation === undefined) return null;
    const until = revocation.issuedBefore + skewSeconds;
    if (issuedAt !== null && issuedAt > until) return null;
    return refusal(`revoked.${type}`, what, issuedAt, revocation.issuedBefore, skewSeconds);
  };
  return (
    (account === '' ? null : hit('user', account, 'The user')) ??
    hitByFellowUser(bearer, world, hit) ??
    hit('channel', channel, 'The channel') ??
    (certificateId === null ? null : hit('certificate', certificateId, 'The certificate')) ??
    hit('project', '', 'The project')
  );
}

function hitByFellowUser(
  { wildcardUser, tokenId }: Bearer,
  world: Pick<World, 'usersOf'>,
  hit: (type: 'user', name: string, what: string) => Refusal | null,
): Refusal | null {
  if (!wildcardUser || tokenId === null || !world.usersOf) return null;
  for (const account of world.usersOf(tokenId)) {
    const refused = hit('user', account, 'A user who used this wildcard token');
    if (refused) return refused;
  }
  return null;
}

function refusal(
  code: Refusal['code'],
  what: string,
  issuedAt: number | null,
  issuedBefore: number,
  skewSeconds: number,
): Refusal {
  if (issuedAt === null) return refuse(code, `${what} is revoked, and this admission has no issue time to compare.`);
  const retryAfter = issuedBefore + skewSeconds + 1;
  const detail = `${what} is revoked for tokens issued up to ${issuedBefore} plus ${skewSeconds} s of clock skew; this one is from ${issuedAt}. Tokens issued from ${retryAfter} on are accepted.`;
  return { code, detail, retryAfter };
}
