import { TokenBuildError } from './build';
import { SERVICE_TYPES } from './catalogue';
import { MAX_SERVICES } from './limits';
import type { Privilege, Rtm2Permission, Service, ServiceKind } from './types';

/**
 * Reads services from JSON of unknown origin (a request to mint a token): shape only, ranges are the builder's to check.
 * Unknown members are dropped.
 * @throws TokenBuildError
 */
export function readServices(value: unknown): Service[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new TokenBuildError('services_none', 'a token names at least one service');
  if (value.length > MAX_SERVICES) throw new TokenBuildError('services_too_many', 'a token names at most 64 services');
  return value.map(readService);
}

function readService(value: unknown): Service {
  const service = record(value);
  const privileges = list(service.privileges).map(readPrivilege);
  const kind = service.kind;
  if (typeof kind !== 'string' || !Object.hasOwn(SERVICE_TYPES, kind)) throw malformed('a service kind is unknown');
  const known = kind as ServiceKind;
  switch (known) {
    case 'rtc':
    case 'streaming':
    case 'fcdn':
      return { kind: known, privileges, channel: text(service.channel), account: text(service.account) };
    case 'rtm':
    case 'chat':
      return { kind: known, privileges, user: text(service.user) };
    case 'rtm2': {
      const permissions = list(service.permissions).map(readPermission);
      return { kind: known, privileges, user: text(service.user), permissions };
    }
    case 'apaas':
      return {
        kind: known,
        privileges,
        room: text(service.room),
        user: text(service.user),
        role: number(service.role),
      };
    case 'fpa':
    case 'convoai':
    case 'stt':
      return { kind: known, privileges };
  }
}

function readPrivilege(value: unknown): Privilege {
  const { id, seconds } = record(value);
  return { id: number(id), seconds: number(seconds) };
}

function readPermission(value: unknown): Rtm2Permission {
  const { resource, permission, names } = record(value);
  return { resource: number(resource), permission: number(permission), names: list(names).map(text) };
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw malformed('an object was expected');
  return value as Record<string, unknown>;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw malformed('a list was expected');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw malformed('a text was expected');
  return value;
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw malformed('a number was expected');
  return value;
}

const malformed = (message: string) => new TokenBuildError('service_malformed', message);
