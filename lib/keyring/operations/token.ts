import { randomInt } from 'node:crypto';
import { buildToken, matchCertificate, parseToken, readServices, TokenBuildError } from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';
import type { Context } from '../context';
import type { Input, Output } from '../protocol';
import { Refusal } from '../refusal';
import { openCertificate } from './certificate';

/** Salts as the vendor's builders draw them: 1 to 99 999 999. */
export const SALT_END = 100_000_000;
/** A token dated ahead would outlive a revocation of everything issued until now. */
const ISSUED_AHEAD_SECONDS = 60;

/** Builds a 007 token with a certificate that stays here. Throws `token.refused` when the services cannot be packed. */
export function mintToken(context: Context, input: Input<'token.mint'>): Output<'token.mint'> {
  const { appId, issuedAt, lifetimeSeconds } = input;
  if (issuedAt > context.now() / 1000 + ISSUED_AHEAD_SECONDS) throw new Refusal('token.refused');
  const certificate = openCertificate(context, input);
  try {
    const services = readServices(input.services);
    return {
      token: buildToken(
        { appId, issuedAt, lifetimeSeconds, salt: randomInt(1, SALT_END), services },
        certificate,
        primitives,
      ),
    };
  } catch (error) {
    if (error instanceof TokenBuildError) throw new Refusal('token.refused');
    throw error;
  }
}

/** Which certificate signed the token. A token of another App ID, or no token at all, matches none. */
export function matchToken(context: Context, input: Input<'token.match'>): Output<'token.match'> {
  const parsed = parseToken(input.token, primitives);
  if (!parsed.ok) return { certificateId: null };
  const candidates = input.certificates
    .filter(({ appId }) => appId === parsed.token.appId)
    .map((certificate) => ({ id: certificate.certificateId, value: openCertificate(context, certificate) }));
  const audience = { channel: input.channel, account: input.account };
  return { certificateId: matchCertificate(parsed.token, candidates, primitives, audience) };
}
