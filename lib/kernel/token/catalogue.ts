import type { ServiceKind } from './types';

/** Numbers and names of the vendor's services and privileges, as its builders write them. */
export const SERVICE_TYPES: Readonly<Record<ServiceKind, number>> = {
  rtc: 1,
  rtm: 2,
  streaming: 3,
  fpa: 4,
  chat: 5,
  fcdn: 6,
  apaas: 7,
  rtm2: 8,
  convoai: 9,
  stt: 10,
};

export const PRIVILEGES = {
  rtc: { joinChannel: 1, publishAudioStream: 2, publishVideoStream: 3, publishDataStream: 4 },
  rtm: { login: 1 },
  streaming: { publishMixStream: 1, publishRawStream: 2 },
  fpa: { login: 1 },
  chat: { user: 1, app: 2 },
  fcdn: { publish: 1, play: 2 },
  apaas: { roomUser: 1, user: 2, app: 3 },
  rtm2: { login: 1 },
  convoai: {},
  stt: {},
} as const satisfies Record<ServiceKind, Record<string, number>>;

/** Privileges of version 006; 1 to 4 are those of RTC. */
export const PRIVILEGES_006 = { ...PRIVILEGES.rtc, administrateChannel: 101, rtmLogin: 1000 } as const;

export const RTM2_RESOURCES = ['messageChannels', 'streamChannels', 'groupChannels', 'serverGroups', 'users'] as const;
export const RTM2_PERMISSIONS = ['read', 'write'] as const;

/** The vendor's name of a privilege, or its number when it has none. */
export function privilegeName(kind: ServiceKind | '006', id: number): string {
  const names: Record<string, number> = kind === '006' ? PRIVILEGES_006 : PRIVILEGES[kind];
  return Object.keys(names).find((name) => names[name] === id) ?? String(id);
}
