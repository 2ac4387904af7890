import type { GatewayEvent } from './events';

/**
 * What goes over `/access-sync`, as frames of lib/kernel/bundle/frames. The gateway says `Hello` and then one `Events` at a time, its payload one
 * JSON line per record; control answers `Ack` once everything up to there is committed, and asks for nothing else. `boot` names a run of the
 * gateway; numbers begin anew in each, and those of former runs come first.
 */
export type GatewayMessage =
  | { type: 'Hello'; proto: typeof ACCESS_SYNC; role: 'gateway'; name: string; boot: string }
  | { type: 'Events'; boot: string; first: number; last: number };

export const ACCESS_SYNC = 'access-sync/1';
export const ACCESS_PATHS = { sync: '/access-sync', enrol: '/access-enroll', renew: '/access-renew' } as const;

/** A record as it waits on the disk; on its way a piece of a recording gets its bytes, base64. */
export type GatewayRecord = GatewayEvent | RecordingPiece;

/** Bytes `from` to `to` of a session's recording. `final`: nothing comes after them. */
export interface RecordingPiece {
  kind: 'recording';
  session: string;
  from: number;
  to: number;
  final: boolean;
}
