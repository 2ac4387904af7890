import { decodeBase64, isHex, Reader } from '../encoding';
import { APP_ID_LENGTH, SIGNATURE_BYTES } from './limits';
import { readPrivileges } from './privileges';
import type { ParseReason, ParseResult } from './types';

/** Version 006 (verify only): App ID in the clear, then base64 of `signature | two checksums | message`, uncompressed. */
export function parse006(text: string): ParseResult {
  const appId = text.slice(3, 3 + APP_ID_LENGTH);
  if (!isHex(appId, APP_ID_LENGTH)) return refused('app_id_malformed');
  const content = decodeBase64(text, 3 + APP_ID_LENGTH);
  if (content === null) return refused('base64_not_canonical');

  const outer = new Reader(content);
  const signature = outer.block();
  const channelChecksum = outer.u32();
  const accountChecksum = outer.u32();
  const message = outer.block();
  if (outer.failed) return refused('truncated');
  if (signature.length !== SIGNATURE_BYTES) return refused('signature_length');
  if (outer.remaining !== 0) return refused('trailing_bytes');

  const inner = new Reader(message);
  const salt = inner.u32();
  const expiresAt = inner.u32();
  const privileges = readPrivileges(inner);
  if (inner.failed) return refused('truncated');
  if (privileges === null) return refused('privileges_malformed');
  if (inner.remaining !== 0) return refused('trailing_bytes');
  return {
    ok: true,
    token: { version: '006', appId, salt, expiresAt, privileges, channelChecksum, accountChecksum, signature, message },
  };
}

const refused = (reason: ParseReason): ParseResult => ({ ok: false, reason });
