import { DENY_CODES, type DenyCode } from '@/lib/kernel/decision';
import {
  type Audience,
  isAccount,
  isChannelName,
  matchCertificate,
  PARSE_REASONS,
  type ParsedToken,
  parseToken,
  tokenIdentity,
} from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';
import { type Command, EXIT, type Output, UsageError } from './command';
import { readCertificate, readOptions, readWhole } from './options';
import { type Check, checkAudience, checkTime } from './token-checks';
import { describeToken } from './token-describe';

const OPTIONS = {
  certificate: { type: 'string' },
  at: { type: 'string' },
  channel: { type: 'string' },
  account: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const tokenInspect: Command = {
  name: 'token inspect',
  usage: 'TOKEN [--certificate HEX|-] [--at UNIX_SECONDS] [--channel NAME] [--account NAME] [--json]',
  says: 'Shows what a token holds and which check refuses it, offline. Version 006 needs the channel to check its signature.',
  run(args, out) {
    const { values, positionals } = readOptions(args, OPTIONS, 1);
    const at = values.at === undefined ? Math.floor(Date.now() / 1000) : readWhole('at', values.at, 0, 2 ** 40);
    const certificate = values.certificate === undefined ? null : readCertificate(values.certificate);
    const audience = readAudience(values.channel, values.account);

    const parsed = parseToken(positionals[0]!, primitives);
    if (!parsed.ok) {
      const code = formCode(parsed.reason);
      const checks: Check[] = [{ rule: 'form', result: 'refused', code, detail: PARSE_REASONS[parsed.reason] }];
      return print(out, values.json === true, at, null, checks, audience);
    }
    const { token } = parsed;
    const checks: Check[] = [
      { rule: 'form', result: 'passed', detail: `version ${token.version}, read completely` },
      checkSignature(token, certificate, audience),
      checkAudience(token, audience),
      checkTime(token, at),
    ];
    return print(out, values.json === true, at, token, checks, audience);
  },
};

function readAudience(channel: string | undefined, account = ''): Audience | undefined {
  if (channel === undefined) {
    if (account !== '') throw new UsageError('--account needs --channel');
    return undefined;
  }
  if (!isChannelName(channel)) throw new UsageError('--channel is not an allowed channel name');
  if (account !== '' && !isAccount(account)) throw new UsageError('--account is not an allowed user name');
  return { channel, account };
}

function checkSignature(token: ParsedToken, certificate: Uint8Array | null, audience: Audience | undefined): Check {
  if (certificate === null) return { rule: 'signature', result: 'not_checked', detail: 'no certificate given' };
  if (token.version === '006' && audience === undefined) {
    return {
      rule: 'signature',
      result: 'not_checked',
      detail: 'version 006 signs the channel and user: give --channel',
    };
  }
  const match = matchCertificate(token, [{ id: 'given', value: certificate }], primitives, audience);
  return match === null
    ? { rule: 'signature', result: 'refused', code: 'token.signature', detail: 'not signed with the certificate given' }
    : { rule: 'signature', result: 'passed', detail: 'signed with the certificate given' };
}

function formCode(reason: keyof typeof PARSE_REASONS): DenyCode {
  if (reason === 'text_too_long' || reason === 'inflates_too_large') return 'token.too_large';
  return reason === 'version_unsupported' ? 'token.version_unsupported' : 'token.malformed';
}

function print(
  out: Output,
  json: boolean,
  at: number,
  token: ParsedToken | null,
  checks: Check[],
  audience: Audience | undefined,
) {
  const refused = checks.find(({ result }) => result === 'refused');
  const code = refused?.code ?? 'ok';
  const tokenId = token && tokenIdentity(token, primitives, audience);
  if (json) {
    out.line(JSON.stringify({ valid: refused === undefined, code, at, tokenId, checks, token: token && plain(token) }));
  } else {
    if (token) for (const line of describeToken(token, tokenId)) out.line(line);
    for (const { rule, result, detail } of checks) out.line(`${result.padEnd(12)} ${rule.padEnd(10)} ${detail}`);
    out.line();
    out.line(refused ? `REFUSED  ${code}  ${DENY_CODES[refused.code!].says}` : `VALID at ${at} as far as checked`);
  }
  return refused ? EXIT.refused : EXIT.ok;
}

/** The token without its raw bytes. */
function plain(token: ParsedToken): object {
  const { signature, ...rest } = token;
  const shown: Record<string, unknown> = { ...rest, signature: Buffer.from(signature).toString('hex') };
  delete shown.signed;
  delete shown.message;
  return shown;
}
