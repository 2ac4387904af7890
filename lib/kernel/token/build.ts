import { encodeBase64, isHex, toUtf8, Writer } from '../encoding';
import type { Primitives } from '../primitives';
import { SERVICE_TYPES } from './catalogue';
import { APP_ID_LENGTH, MAX_PRIVILEGES, MAX_SERVICES, MAX_TEXT_LENGTH } from './limits';
import { signature007 } from './match';
import type { Rtm2Permission, Service } from './types';

const MAX_U32 = 4_294_967_295;

export interface TokenContent {
  appId: string;
  /** Unix seconds. */
  issuedAt: number;
  lifetimeSeconds: number;
  /** 1 to 99 999 999, from a cryptographic source. */
  salt: number;
  services: readonly Service[];
}

export type BuildReason =
  | 'app_id_malformed'
  | 'certificate_malformed'
  | 'time_out_of_range'
  | 'salt_out_of_range'
  | 'services_none'
  | 'services_too_many'
  | 'service_malformed'
  | 'token_too_long';

/** Thrown where the vendor's builders return an empty string. The message names the field, never a secret. */
export class TokenBuildError extends Error {
  constructor(
    readonly reason: BuildReason,
    message: string,
  ) {
    super(message);
    this.name = 'TokenBuildError';
  }
}

/**
 * Builds a version 007 token. `certificate` is its 32 hex characters as ASCII bytes. The same content gives the same
 * signed bytes as the vendor's builders; the text may differ, as theirs do between languages.
 * @throws TokenBuildError
 */
export function buildToken(content: TokenContent, certificate: Uint8Array, primitives: Primitives): string {
  check(content, certificate);
  const signed = signingInfo(content);
  const signature = signature007(content, signed, certificate, primitives);
  const payload = new Writer().block(signature).raw(signed).finish();
  const text = `007${encodeBase64(primitives.deflate(payload))}`;
  if (text.length > MAX_TEXT_LENGTH) throw new TokenBuildError('token_too_long', 'the token exceeds 8192 characters');
  return text;
}

function check({ appId, issuedAt, lifetimeSeconds, salt, services }: TokenContent, certificate: Uint8Array): void {
  if (!isHex(appId, APP_ID_LENGTH))
    throw new TokenBuildError('app_id_malformed', 'the App ID is not 32 hex characters');
  if (!isHex(String.fromCharCode(...certificate.subarray(0, 33)), 32)) {
    throw new TokenBuildError('certificate_malformed', 'the certificate is not 32 hex characters');
  }
  if (!inRange(issuedAt, 0, MAX_U32) || !inRange(lifetimeSeconds, 1, MAX_U32)) {
    throw new TokenBuildError('time_out_of_range', 'issue time and lifetime are whole seconds below 2^32');
  }
  if (!inRange(salt, 1, MAX_U32))
    throw new TokenBuildError('salt_out_of_range', 'the salt is a whole number below 2^32');
  if (services.length === 0) throw new TokenBuildError('services_none', 'a token names at least one service');
  if (services.length > MAX_SERVICES)
    throw new TokenBuildError('services_too_many', 'a token names at most 64 services');
}

/** The signed bytes: services sorted by type (stable), privileges ascending. */
function signingInfo({ appId, issuedAt, lifetimeSeconds, salt, services }: TokenContent): Uint8Array {
  const writer = new Writer();
  text(writer, appId);
  writer.u32(issuedAt).u32(lifetimeSeconds).u32(salt).u16(services.length);
  const sorted = [...services].sort((a, b) => SERVICE_TYPES[a.kind] - SERVICE_TYPES[b.kind]);
  for (const service of sorted) writeService(writer, service);
  return writer.finish();
}

function writeService(writer: Writer, service: Service): void {
  const { privileges } = service;
  if (privileges.length > MAX_PRIVILEGES) throw malformed('a service has at most 64 privileges');
  writer.u16(SERVICE_TYPES[service.kind]).u16(privileges.length);
  const ascending = [...privileges].sort((a, b) => a.id - b.id);
  ascending.forEach(({ id, seconds }, i) => {
    if (!inRange(id, 0, 65_535) || !inRange(seconds, 0, MAX_U32)) throw malformed('a privilege is out of range');
    if (id === ascending[i - 1]?.id) throw malformed('a privilege is named twice');
    writer.u16(id).u32(seconds);
  });
  switch (service.kind) {
    case 'rtc':
    case 'streaming':
    case 'fcdn':
      text(writer, service.channel);
      text(writer, service.account);
      break;
    case 'rtm':
    case 'chat':
      text(writer, service.user);
      break;
    case 'rtm2':
      text(writer, service.user);
      writePermissions(writer, service.permissions);
      break;
    case 'apaas':
      text(writer, service.room);
      text(writer, service.user);
      // Role 0 stays 0; the published builder turns it into -1.
      if (!inRange(service.role, -32_768, 32_767)) throw malformed('the role is out of range');
      writer.u16(service.role);
      break;
  }
}

function writePermissions(writer: Writer, permissions: readonly Rtm2Permission[]): void {
  const resources = [...new Set(permissions.map((entry) => entry.resource))].sort((a, b) => a - b);
  writer.u16(resources.length);
  for (const resource of resources) {
    const entries = permissions
      .filter((entry) => entry.resource === resource)
      .sort((a, b) => a.permission - b.permission);
    writer.u16(resource).u16(entries.length);
    for (const { permission, names } of entries) {
      if (!inRange(resource, 0, 65_535) || !inRange(permission, 0, 65_535) || names.length > 65_535) {
        throw malformed('a permission is out of range');
      }
      writer.u16(permission).u16(names.length);
      for (const name of names) text(writer, name);
    }
  }
}

function text(writer: Writer, value: string): void {
  const bytes = toUtf8(value);
  if (bytes === null || bytes.length > 65_535) throw malformed('a text is not Unicode or longer than 65535 bytes');
  writer.block(bytes);
}

const malformed = (message: string) => new TokenBuildError('service_malformed', message);

const inRange = (value: number, low: number, high: number) => Number.isInteger(value) && value >= low && value <= high;
