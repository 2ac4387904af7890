import { randomInt } from 'node:crypto';
import { observerAccount } from '@/lib/kernel/decision';
import { MEDIA_PLANE, mayStart, standingOf } from '@/lib/kernel/grant';
import { buildToken, parseToken, tokenIdentity } from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';
import type { Context } from '../context';
import type { Input, Output } from '../protocol';
import { Refusal } from '../refusal';
import { openCertificate } from './certificate';
import { SALT_END } from './token';

/** An edge takes no token that is longer-lived. */
const LONGEST_SECONDS = 86_400;
const JOIN = 1;

/**
 * Throws `grant.unknown`, `grant.not_active`, `grant.target` for a session that is for no channel or another App ID, and what a certificate that
 * cannot be opened gives.
 */
export async function observerToken(
  context: Context,
  { session, ...certificate }: Input<'observer.token'>,
): Promise<Output<'observer.token'>> {
  const { grants, now } = context;
  const seconds = Math.floor(now() / 1000);
  const opening = mayStart(grants.ledger, session, seconds);
  if (typeof opening === 'string') throw new Refusal(opening);
  const { through, target, channel, request } = opening;
  const { appId } = certificate;
  if (through !== MEDIA_PLANE || channel === null || target !== `app:${appId}`) throw new Refusal('grant.target');
  const until = standingOf(grants.ledger.requests.get(request)!, seconds).deadline!;
  const account = observerAccount(session);
  const token = buildToken(
    {
      appId,
      issuedAt: seconds,
      lifetimeSeconds: Math.min(until - seconds, LONGEST_SECONDS),
      salt: randomInt(1, SALT_END),
      services: [{ kind: 'rtc', channel, account, privileges: [{ id: JOIN, seconds: 0 }] }],
    },
    openCertificate(context, certificate),
    primitives,
  );
  const read = parseToken(token, primitives);
  const tokenId = read.ok ? tokenIdentity(read.token, primitives, { channel, account }) : null;
  if (tokenId === null) throw new Refusal('internal');
  // From the look at the ledger to here nothing has waited: of two that ask at once, one gets a token.
  await grants.enter({ start: { session, at: seconds, token: tokenId } });
  return { token, account, until };
}
