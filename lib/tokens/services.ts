import { isWildcard, PRIVILEGES, type Privilege, type Service } from '@/lib/kernel/token';
import type { TokenService } from './schemas';

/** What was asked for, in the terms of the token format. Message services carry the login right alone, as the vendor's builders give it. */
export function toServices(asked: readonly TokenService[]): Service[] {
  return asked.map(toService);
}

function toService(service: TokenService): Service {
  switch (service.kind) {
    case 'rtc':
      return {
        kind: 'rtc',
        channel: service.channel,
        account: service.account === '*' ? '' : service.account,
        privileges: rtcRights(service.privileges),
      };
    case 'rtm':
      return { kind: 'rtm', user: service.user, privileges: [{ id: PRIVILEGES.rtm.login, seconds: 0 }] };
    case 'rtm2':
      return {
        kind: 'rtm2',
        user: service.user,
        privileges: [{ id: PRIVILEGES.rtm2.login, seconds: 0 }],
        permissions: [],
      };
  }
}

type Rights = Extract<TokenService, { kind: 'rtc' }>['privileges'];
const { joinChannel, publishAudioStream, publishVideoStream, publishDataStream } = PRIVILEGES.rtc;
const IDS = {
  join: joinChannel,
  audio: publishAudioStream,
  video: publishVideoStream,
  data: publishDataStream,
} as const;

function rtcRights(rights: Rights): Privilege[] {
  return Object.entries(IDS).flatMap(([name, id]) => {
    const given = rights[name as keyof Rights];
    return given === false ? [] : [{ id, seconds: given === true ? 0 : given }];
  });
}

/** Which wildcards the services use, for the project's rules. */
export function wildcardsOf(services: readonly TokenService[]): { channel: boolean; user: boolean } {
  const rtc = services.filter((service) => service.kind === 'rtc');
  return {
    channel: rtc.some((service) => isWildcard(service.channel)),
    user: rtc.some((service) => isWildcard(service.account)),
  };
}
