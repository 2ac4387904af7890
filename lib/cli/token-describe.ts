import {
  type ParsedToken,
  type Privilege,
  privilegeName,
  RTM2_PERMISSIONS,
  RTM2_RESOURCES,
  type Service,
} from '@/lib/kernel/token';
import { instant, quote } from './terminal';

/** The decoded token as lines for a person. Signed, not secret: anyone holding the token can read all of it. */
export function describeToken(token: ParsedToken, tokenId: string | null): string[] {
  const lines = [row('version', token.version), row('app id', token.appId)];
  if (tokenId !== null) lines.push(row('token id', tokenId));
  if (token.version === '006') {
    lines.push(row('expires', instant(token.expiresAt)), row('salt', token.salt));
    lines.push(row('channel', `checksum ${token.channelChecksum} (the name is not in the token)`));
    lines.push(row('user', token.accountChecksum === 0 ? 'anyone' : `checksum ${token.accountChecksum}`));
    for (const { id, seconds } of token.privileges) {
      lines.push(
        row(
          'privilege',
          `${privilegeName('006', id)} ${seconds === 0 ? 'as long as the token' : `until ${instant(seconds)}`}`,
        ),
      );
    }
  } else {
    lines.push(row('issued', instant(token.issuedAt)));
    lines.push(row('expires', `${instant(token.issuedAt + token.lifetimeSeconds)} (${token.lifetimeSeconds} s)`));
    lines.push(row('salt', token.salt));
    for (const service of token.services) lines.push(...describeService(service, token.issuedAt));
    if (token.unknownService !== null) {
      lines.push(row('service', `type ${token.unknownService} is not known; it and what follows grant nothing`));
    }
  }
  return [...lines, ''];
}

function describeService(service: Service, issuedAt: number): string[] {
  const lines = [row('service', [service.kind, ...subject(service)].join('  '))];
  lines.push(...service.privileges.map((privilege) => row('', describePrivilege(service, privilege, issuedAt))));
  if (service.kind === 'rtm2') {
    for (const { resource, permission, names } of service.permissions) {
      const what = `${RTM2_PERMISSIONS[permission] ?? permission} ${RTM2_RESOURCES[resource] ?? resource}`;
      lines.push(row('', `${what}: ${names.map(quote).join(', ')}`));
    }
  }
  return lines;
}

function subject(service: Service): string[] {
  if ('channel' in service) return [`channel ${orAny(service.channel)}`, `user ${orAny(service.account)}`];
  if ('room' in service) return [`room ${orAny(service.room)}`, `user ${orAny(service.user)}`, `role ${service.role}`];
  return 'user' in service ? [`user ${orAny(service.user)}`] : [];
}

function describePrivilege({ kind }: Service, { id, seconds }: Privilege, issuedAt: number): string {
  const until = seconds === 0 ? 'as long as the token' : `until ${instant(issuedAt + seconds)}`;
  return `${privilegeName(kind, id)} ${until}`;
}

const row = (name: string, value: string | number) => `${name.padEnd(10)} ${value}`;
const orAny = (name: string) => (name === '' ? '(any)' : quote(name));
