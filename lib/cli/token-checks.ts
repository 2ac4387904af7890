import { type DenyCode, MAX_LIFETIME_SECONDS, tokenEnd } from '@/lib/kernel/decision';
import { type Audience, covers, fitAudience006, type ParsedToken } from '@/lib/kernel/token';

export interface Check {
  rule: 'form' | 'signature' | 'audience' | 'time';
  result: 'passed' | 'refused' | 'not_checked';
  /** With `refused`. */
  code?: DenyCode;
  detail: string;
}

/** What a project may allow at most: this command knows no project. */
const LOOSEST = {
  maxLifetimeSeconds: MAX_LIFETIME_SECONDS,
  wildcardChannel: true,
  wildcardUser: true,
  legacy006: true,
  clockSkewSeconds: 0,
};

export function checkTime(token: ParsedToken, at: number): Check {
  const end = tokenEnd(token, LOOSEST, at);
  if (typeof end !== 'number') return { rule: 'time', result: 'refused', code: end.code, detail: end.detail };
  return { rule: 'time', result: 'passed', detail: `valid until ${end}, ${end - at} s from then` };
}

export function checkAudience(token: ParsedToken, audience: Audience | undefined): Check {
  if (audience === undefined) return { rule: 'audience', result: 'not_checked', detail: 'no channel given' };
  const fit = fitOf(token, audience);
  if (fit === 'other_channel') return refused('token.wrong_channel', 'made for another channel');
  if (fit === 'other_user') return refused('token.wrong_account', 'made for another user');
  return { rule: 'audience', result: 'passed', detail: 'covers this channel and user' };
}

function fitOf(token: ParsedToken, audience: Audience): 'fits' | 'other_channel' | 'other_user' {
  if (token.version === '006') {
    const fit = fitAudience006(token, audience);
    return fit === 'exact' || fit === 'any_user' ? 'fits' : fit;
  }
  const here = token.services.filter((service) => service.kind === 'rtc' && covers(service.channel, audience.channel));
  if (here.length === 0) return 'other_channel';
  const named = here.some((service) => service.kind === 'rtc' && covers(service.account, audience.account));
  return audience.account === '' || named ? 'fits' : 'other_user';
}

const refused = (code: DenyCode, detail: string): Check => ({ rule: 'audience', result: 'refused', code, detail });
