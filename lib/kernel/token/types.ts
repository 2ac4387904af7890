/** One entry of a privilege map. In 007 `seconds` counts from the issue time; 0 means no limit of its own. */
export interface Privilege {
  id: number;
  seconds: number;
}

/** What a version 007 token grants, one entry per service in the order of the token. */
export type Service =
  | { kind: 'rtc' | 'streaming' | 'fcdn'; privileges: Privilege[]; channel: string; account: string }
  | { kind: 'rtm' | 'chat'; privileges: Privilege[]; user: string }
  | { kind: 'rtm2'; privileges: Privilege[]; user: string; permissions: Rtm2Permission[] }
  | { kind: 'apaas'; privileges: Privilege[]; room: string; user: string; role: number }
  | { kind: 'fpa' | 'convoai' | 'stt'; privileges: Privilege[] };

export type ServiceKind = Service['kind'];

export interface Rtm2Permission {
  /** 0 message channels, 1 stream channels, 2 group channels, 3 server groups, 4 users. */
  resource: number;
  /** 0 read, 1 write. */
  permission: number;
  names: string[];
}

export interface Token007 {
  version: '007';
  appId: string;
  /** Unix seconds. */
  issuedAt: number;
  lifetimeSeconds: number;
  salt: number;
  services: Service[];
  /** Type number at which reading stopped because the kind is not known; it and all after it grant nothing. */
  unknownService: number | null;
  /** 32 bytes. */
  signature: Uint8Array;
  /** The signed byte range: everything after the signature. */
  signed: Uint8Array;
}

/** Version 006 carries no issue time, and neither channel nor user: only their checksums, which are not signed. */
export interface Token006 {
  version: '006';
  appId: string;
  salt: number;
  /** Unix seconds. */
  expiresAt: number;
  /** `seconds` are Unix seconds here, not relative; 0 means no limit of its own. */
  privileges: Privilege[];
  channelChecksum: number;
  accountChecksum: number;
  signature: Uint8Array;
  /** Last part of the signed bytes; App ID, channel and user go before it. */
  message: Uint8Array;
}

export type ParsedToken = Token007 | Token006;

/** Whom a join is for. Version 006 cannot be checked without it. */
export interface Audience {
  channel: string;
  account: string;
}

/** Why a text is not a token. Closed: every refusal of the parser is one of these. */
export type ParseReason =
  | 'text_too_long'
  | 'inflates_too_large'
  | 'version_unsupported'
  | 'base64_not_canonical'
  | 'zlib_corrupt'
  | 'zlib_trailing_bytes'
  | 'truncated'
  | 'signature_length'
  | 'app_id_malformed'
  | 'services_none'
  | 'services_too_many'
  | 'privileges_malformed'
  | 'trailing_bytes';

export type ParseResult = { ok: true; token: ParsedToken } | { ok: false; reason: ParseReason };

/** The words for each reason, fit for a person; none of them repeats token text. */
export const PARSE_REASONS: Readonly<Record<ParseReason, string>> = {
  text_too_long: 'the text is longer than 8192 characters',
  inflates_too_large: 'the content inflates to more than 65536 bytes',
  version_unsupported: 'the first three characters name no supported version',
  base64_not_canonical: 'the text after the version is not canonical base64',
  zlib_corrupt: 'the compressed content is damaged or cut off',
  zlib_trailing_bytes: 'bytes follow the compressed content',
  truncated: 'a field ends beyond the content or is not UTF-8',
  signature_length: 'the signature is not 32 bytes',
  app_id_malformed: 'the App ID is not 32 hex characters',
  services_none: 'the token names no service',
  services_too_many: 'the token names more than 64 services',
  privileges_malformed: 'a privilege map has more than 64 entries or one entry twice',
  trailing_bytes: 'bytes follow the last service',
};
