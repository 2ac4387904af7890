import { isHex } from '../encoding';
import { isAccount, isChannelName, PARSE_REASONS, type ParsedToken, type ParseReason, parseToken } from '../token';
import { type Refusal, refuse } from './deny';
import type { JoinRequest } from './types';
import type { World } from './world';

/** The request itself: hostile text of any type until it passed here. */
export function requestRefused({ appId, channel, account, token }: JoinRequest): Refusal | null {
  if (typeof appId !== 'string' || !isHex(appId, 32))
    return refuse('request.invalid', 'The App ID is not 32 hex characters.');
  if (typeof channel !== 'string' || !isChannelName(channel)) return refuse('channel.invalid');
  if (typeof account !== 'string' || (account !== '' && !isAccount(account))) return refuse('account.invalid');
  if (token !== null && typeof token !== 'string') return refuse('request.invalid', 'The token is not a text.');
  return null;
}

/** The token as far as it can be read without any policy. */
export function readToken(text: string, world: World): ParsedToken | Refusal {
  const parsed = parseToken(text, world.primitives);
  return parsed.ok
    ? parsed.token
    : refuse(codeOf(parsed.reason), `The token cannot be read: ${PARSE_REASONS[parsed.reason]}.`);
}

function codeOf(reason: ParseReason): Refusal['code'] {
  if (reason === 'text_too_long' || reason === 'inflates_too_large') return 'token.too_large';
  return reason === 'version_unsupported' ? 'token.version_unsupported' : 'token.malformed';
}
