/**
 * The browser SDK: join a channel at an edge, publish a stream, play others, and hear what the edge says (who is there,
 * what may be sent, why a session was cut). No framework, no dependency. It comes back by itself when an edge or its
 * engine restarts, and stays away when the session was cut.
 */
import { type JoinOptions, Room } from './room';

export type { CutCode, Expiries, Participant, PermissionName, Refusal } from '../signalling/protocol';
export type { MediaPeer } from './peer';
export { type PictureSource, pictureSource } from './picture';
export { type JoinOptions, Room, type RoomEvents, type RoomState, type TokenSource } from './room';
export { RefusedError, UnreachableError } from './socket';
export type { PeerStatistics } from './stats';

/** @throws RefusedError when the edge says no (its `refusal` says why and what to do), UnreachableError when it cannot be reached. */
export const join = (options: JoinOptions): Promise<Room> => Room.join(options);
