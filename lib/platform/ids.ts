import { randomBytes } from './random';

/** What an identifier names, readable at a glance in a log, a URL or a support request. */
export const ID_PREFIXES = {
  org: 'organisation',
  usr: 'user',
  mem: 'membership',
  inv: 'invitation',
  fac: 'second factor',
  psk: 'passkey',
  rec: 'recovery code',
  rst: 'password reset',
  ses: 'console session',
  stp: 'step-up',
  prj: 'project',
  crt: 'App certificate',
  rev: 'revocation',
  key: 'API key',
  trc: 'trace of a decision',
  med: 'media session',
  ntc: 'notice',
  exp: 'export of an audit log',
  str: 'stream of an audit log',
  hld: 'legal hold on an audit log',
  prn: 'pruning of an audit log',
  ers: 'erasure in an audit log',
  smp: 'sample of an audit log',
  viw: 'saved view of an audit log',
  grt: 'request for access to production',
  elp: 'eligibility policy',
  cmd: 'decision of the committee',
  dlg: 'delegation of an approver’s voice',
  ssn: 'session on production',
  rcp: 'copy of a screen record',
  shr: 'share of a screen record',
  trn: 'training of an employee',
  cmt: 'comment on a request for access',
  lck: 'lock on access to production',
  shf: 'shift of an on-call approver',
  req: 'request',
} as const;

export type IdPrefix = keyof typeof ID_PREFIXES;

/**
 * UUID version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, then 74 random bits. Time-ordered, so that indexes
 * grow at their end; the random part comes from the operating system, so that an id cannot be guessed from another.
 */
export function newUuid(nowMilliseconds: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMilliseconds, 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A new identifier such as `prj_0199d1c07a3c7f10b0c3a4f1d2e3f4a5`: prefix, underscore, 32 hexadecimal characters of a UUIDv7. */
export function newId<P extends IdPrefix>(prefix: P, nowMilliseconds?: number): `${P}_${string}` {
  return `${prefix}_${newUuid(nowMilliseconds).replaceAll('-', '')}`;
}

/** Whether hostile text has the form of an identifier with this prefix. Says nothing about existence. */
export function isId<P extends IdPrefix>(prefix: P, text: unknown): text is `${P}_${string}` {
  return (
    typeof text === 'string' &&
    text.length === prefix.length + 33 &&
    /^[a-z]{3}_[0-9a-f]{32}$/.test(text) &&
    text.startsWith(prefix)
  );
}

/** Unix milliseconds at which a UUIDv7 (with or without dashes or prefix) was made. */
export function uuidTime(id: string): number {
  return Number.parseInt(
    id
      .replace(/^[a-z]{3}_/, '')
      .replaceAll('-', '')
      .slice(0, 12),
    16,
  );
}
