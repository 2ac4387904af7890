import { PRIVILEGES } from './catalogue';
import type { Privilege } from './types';

/** Publishers may send audio, video and data; subscribers may only join. */
export type RtcRole = 'publisher' | 'subscriber';

/** The RTC privileges of a role, as the vendor's builders give them. `seconds` from the issue time; 0 = as long as the token. */
export function rtcPrivileges(role: RtcRole, seconds = 0): Privilege[] {
  const { joinChannel, publishAudioStream, publishVideoStream, publishDataStream } = PRIVILEGES.rtc;
  const ids =
    role === 'publisher' ? [joinChannel, publishAudioStream, publishVideoStream, publishDataStream] : [joinChannel];
  return ids.map((id) => ({ id, seconds }));
}
