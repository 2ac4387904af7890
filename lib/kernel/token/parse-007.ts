import { decodeBase64, isHex, Reader } from '../encoding';
import type { Primitives } from '../primitives';
import { APP_ID_LENGTH, MAX_INFLATED_BYTES, MAX_SERVICES, SIGNATURE_BYTES } from './limits';
import { readService } from './services';
import type { ParseReason, ParseResult, Service } from './types';

/**
 * Version 007: base64 of a zlib stream of `signature | App ID | issue time | lifetime | salt | services`. Everything
 * after the signature is signed. Refuses what the published library lets through: other base64 spellings, bytes after the
 * zlib stream or after the last service, no service at all, a signature of another length.
 *
 * A service type that is not known stops the reading: the services before it count (the vendor adds types, and an old
 * edge must not refuse a new token), it and everything after it grant nothing, and the token says so in `unknownService`.
 */
export function parse007(text: string, primitives: Primitives): ParseResult {
  const compressed = decodeBase64(text, 3);
  if (compressed === null) return refused('base64_not_canonical');
  const inflated = primitives.inflate(compressed, MAX_INFLATED_BYTES);
  if (!inflated.ok) return refused(inflated.reason === 'too_large' ? 'inflates_too_large' : 'zlib_corrupt');
  if (inflated.consumed !== compressed.length) return refused('zlib_trailing_bytes');
  return parsePayload(inflated.output);
}

function parsePayload(payload: Uint8Array): ParseResult {
  const reader = new Reader(payload);
  const signature = reader.block();
  if (reader.failed) return refused('truncated');
  if (signature.length !== SIGNATURE_BYTES) return refused('signature_length');
  const signed = payload.subarray(reader.position);
  const appId = reader.text();
  const issuedAt = reader.u32();
  const lifetimeSeconds = reader.u32();
  const salt = reader.u32();
  const count = reader.u16();
  if (reader.failed) return refused('truncated');
  if (!isHex(appId, APP_ID_LENGTH)) return refused('app_id_malformed');
  if (count === 0) return refused('services_none');
  if (count > MAX_SERVICES) return refused('services_too_many');

  const services: Service[] = [];
  let unknownService: number | null = null;
  for (let i = 0; i < count; i++) {
    const service = readService(reader);
    if (typeof service === 'string') return refused(service);
    if ('unknown' in service) {
      unknownService = service.unknown;
      break;
    }
    services.push(service);
  }
  if (unknownService === null && reader.remaining !== 0) return refused('trailing_bytes');
  return {
    ok: true,
    token: { version: '007', appId, issuedAt, lifetimeSeconds, salt, services, unknownService, signature, signed },
  };
}

const refused = (reason: ParseReason): ParseResult => ({ ok: false, reason });
