import { randomInt } from 'node:crypto';
import { MAX_LIFETIME_SECONDS } from '@/lib/kernel/decision';
import {
  buildToken,
  isAccount,
  isChannelName,
  isUid,
  PRIVILEGES,
  type Privilege,
  parseToken,
  rtcPrivileges,
  TokenBuildError,
  tokenIdentity,
} from '@/lib/kernel/token';
import { primitives } from '@/lib/primitives';
import { type Command, EXIT, UsageError } from './command';
import { readCertificate, readOptions, readWhole } from './options';

const OPTIONS = {
  'app-id': { type: 'string' },
  certificate: { type: 'string' },
  channel: { type: 'string' },
  uid: { type: 'string' },
  account: { type: 'string' },
  role: { type: 'string' },
  privileges: { type: 'string' },
  ttl: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const DEFAULT_TTL_SECONDS = '3600';
const MAX_SALT = 99_999_999;

export const tokenIssue: Command = {
  name: 'token issue',
  usage:
    '--app-id HEX --certificate HEX|- --channel NAME [--uid N | --account NAME] [--role publisher|subscriber] [--privileges join,audio,video,data] [--ttl SECONDS] [--json]',
  says: 'Builds a version 007 token, offline. Without a user it is valid for any user; the default life is one hour.',
  run(args, out) {
    const { values } = readOptions(args, OPTIONS, 0);
    const { channel, 'app-id': appId, certificate } = values;
    if (appId === undefined || certificate === undefined || channel === undefined) {
      throw new UsageError('--app-id, --certificate and --channel are needed');
    }
    if (!isChannelName(channel)) throw new UsageError('--channel is not an allowed channel name');
    const account = readUser(values.uid, values.account);
    const privileges = readPrivileges(values.role, values.privileges);
    const lifetimeSeconds = readWhole('ttl', values.ttl ?? DEFAULT_TTL_SECONDS, 1, MAX_LIFETIME_SECONDS);
    const issuedAt = Math.floor(Date.now() / 1000);
    const content = {
      appId,
      issuedAt,
      lifetimeSeconds,
      salt: randomInt(1, MAX_SALT + 1),
      services: [{ kind: 'rtc' as const, channel, account, privileges }],
    };
    const token = build(content, readCertificate(certificate));
    if (values.json) {
      const parsed = parseToken(token, primitives);
      const tokenId = parsed.ok ? tokenIdentity(parsed.token, primitives) : null;
      out.line(JSON.stringify({ token, tokenId, issuedAt, expiresAt: issuedAt + lifetimeSeconds }));
    } else {
      out.line(token);
    }
    return EXIT.ok;
  },
};

function build(content: Parameters<typeof buildToken>[0], certificate: Uint8Array): string {
  try {
    return buildToken(content, certificate, primitives);
  } catch (error) {
    if (error instanceof TokenBuildError) throw new UsageError(error.message);
    throw error;
  }
}

function readUser(uid: string | undefined, account: string | undefined): string {
  if (uid !== undefined && account !== undefined) throw new UsageError('give --uid or --account, not both');
  if (uid !== undefined && !isUid(uid)) throw new UsageError('--uid is a whole number from 1 to 4294967295');
  if (account !== undefined && !isAccount(account)) throw new UsageError('--account is not an allowed user name');
  return uid ?? account ?? '';
}

const SHORT_NAMES: Readonly<Record<string, number>> = {
  join: PRIVILEGES.rtc.joinChannel,
  audio: PRIVILEGES.rtc.publishAudioStream,
  video: PRIVILEGES.rtc.publishVideoStream,
  data: PRIVILEGES.rtc.publishDataStream,
};

function readPrivileges(role: string | undefined, names: string | undefined): Privilege[] {
  if (role !== undefined && names !== undefined) throw new UsageError('give --role or --privileges, not both');
  if (names === undefined) {
    if (role !== undefined && role !== 'publisher' && role !== 'subscriber') {
      throw new UsageError('--role is publisher or subscriber');
    }
    return rtcPrivileges(role ?? 'subscriber');
  }
  const known: Record<string, number> = { ...SHORT_NAMES, ...PRIVILEGES.rtc };
  const ids = names.split(',').map((name) => (Object.hasOwn(known, name) ? known[name] : undefined));
  if (ids.includes(undefined)) throw new UsageError('--privileges are join, audio, video and data');
  return [...new Set(ids as number[])].map((id) => ({ id, seconds: 0 }));
}
