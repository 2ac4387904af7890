import { crc32, toHex, toUtf8 } from '../encoding';
import type { Primitives } from '../primitives';
import type { Audience, ParsedToken, Token006, Token007 } from './types';

/** A certificate as its 32 ASCII hex characters: the vendor's signature uses the text, case included, not the 16 bytes. */
export interface CertificateCandidate {
  id: string;
  value: Uint8Array;
}

/**
 * Which of the certificates signed the token, null when none did. Tries them in the order given (primary, secondary).
 * Version 006 signs channel and user without carrying them, so it needs the audience and never matches without.
 */
export function matchCertificate(
  token: ParsedToken,
  candidates: readonly CertificateCandidate[],
  primitives: Primitives,
  audience?: Audience,
): string | null {
  const signed = signedBytes(token, audience);
  if (signed === null) return null;
  for (const { id, value } of candidates) {
    const expected =
      token.version === '007' ? signature007(token, signed, value, primitives) : primitives.hmacSha256(value, signed);
    if (primitives.equal(expected, token.signature)) return id;
  }
  return null;
}

/**
 * The identity of a token: hex SHA-256 of its signed bytes. Never of its text, which anyone can respell (another zlib
 * level, changed 006 checksums) without touching what was signed. Null for a 006 token whose audience does not fit.
 */
export function tokenIdentity(token: ParsedToken, primitives: Primitives, audience?: Audience): string | null {
  const signed = signedBytes(token, audience);
  return signed === null ? null : toHex(primitives.sha256(signed));
}

/** The counters are the keys and the certificate is the message: k1 = HMAC(issue time, certificate), k2 = HMAC(salt, k1). */
export function signature007(
  { issuedAt, salt }: Pick<Token007, 'issuedAt' | 'salt'>,
  signed: Uint8Array,
  certificate: Uint8Array,
  primitives: Primitives,
): Uint8Array {
  const k1 = primitives.hmacSha256(littleEndian(issuedAt), certificate);
  const k2 = primitives.hmacSha256(littleEndian(salt), k1);
  return primitives.hmacSha256(k2, signed);
}

function signedBytes(token: ParsedToken, audience: Audience | undefined): Uint8Array | null {
  if (token.version === '007') return token.signed;
  return audience === undefined ? null : signedBytes006(token, audience);
}

/**
 * App ID + channel + user + message. Nothing separates channel from user, so a token for channel `room1` and user `23`
 * also verifies for `room12` and `3`, or `room123` and anyone: a flaw of version 006 and one reason why a project must
 * opt in to it. All those readings share one identity, because they share the signed bytes.
 */
function signedBytes006(token: Token006, audience: Audience): Uint8Array | null {
  const fit = fitAudience006(token, audience);
  if (fit !== 'exact' && fit !== 'any_user') return null;
  const head = toUtf8(`${token.appId}${audience.channel}${fit === 'exact' ? audience.account : ''}`);
  if (head === null) return null;
  const signed = new Uint8Array(head.length + token.message.length);
  signed.set(head);
  signed.set(token.message, head.length);
  return signed;
}

/** What the checksums of a 006 token say about a channel and user. An empty user (checksum 0) means anyone. */
export function fitAudience006(
  token: Token006,
  audience: Audience,
): 'exact' | 'any_user' | 'other_channel' | 'other_user' {
  const channel = toUtf8(audience.channel);
  if (channel === null || crc32(channel) !== token.channelChecksum) return 'other_channel';
  const account = toUtf8(audience.account);
  if (account === null) return 'other_user';
  if (account.length > 0 && crc32(account) === token.accountChecksum) return 'exact';
  return token.accountChecksum === 0 ? 'any_user' : 'other_user';
}

function littleEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  bytes[0] = value;
  bytes[1] = value >>> 8;
  bytes[2] = value >>> 16;
  bytes[3] = value >>> 24;
  return bytes;
}
