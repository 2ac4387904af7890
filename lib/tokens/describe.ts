import {
  isWildcard,
  type ParsedToken,
  type Privilege,
  privilegeName,
  type Service,
  type ServiceKind,
} from '@/lib/kernel/token';
import type { InspectedPrivilege, InspectedService, InspectedToken } from './schemas';

/** The fields of a parsed token for display. Pure. */
export function describeToken(token: ParsedToken, tokenId: string | null): InspectedToken {
  const { version, appId } = token;
  if (token.version === '006') {
    const privileges = token.privileges.map(({ id, seconds }) => ({
      name: privilegeName('006', id),
      expiresAt: seconds === 0 ? null : instant(seconds),
    }));
    // Channel and user are checksums here: what they stand for cannot be read.
    const service: InspectedService = {
      kind: 'rtc',
      channel: null,
      account: null,
      wildcard: token.accountChecksum === 0,
      privileges,
    };
    return { version, appId, tokenId, issuedAt: null, expiresAt: instant(token.expiresAt), services: [service] };
  }
  return {
    version,
    appId,
    tokenId,
    issuedAt: instant(token.issuedAt),
    expiresAt: instant(token.issuedAt + token.lifetimeSeconds),
    services: token.services.map((service) => describeService(service, token.issuedAt)),
  };
}

function describeService(service: Service, issuedAt: number): InspectedService {
  const channel = 'channel' in service ? service.channel : 'room' in service ? service.room : null;
  const account = 'account' in service ? service.account : 'user' in service ? service.user : null;
  const wildcard = [channel, account].some((field) => field !== null && isWildcard(field));
  return {
    kind: service.kind,
    channel,
    account,
    wildcard,
    privileges: service.privileges.map((entry) => describePrivilege(service.kind, entry, issuedAt)),
  };
}

const describePrivilege = (kind: ServiceKind, { id, seconds }: Privilege, issuedAt: number): InspectedPrivilege => ({
  name: privilegeName(kind, id),
  expiresAt: seconds === 0 ? null : instant(issuedAt + seconds),
});

/** Unix seconds of a u32 pair sum always fit a date. */
const instant = (seconds: number) => new Date(seconds * 1000).toISOString();
