/**
 * What goes over `/access-sync`, as frames of lib/kernel/bundle/frames, between control and those who carry out access to production: the gateway and
 * the agents of production hosts. Who speaks says `Hello`, then one `Events` at a time, its payload one JSON line per record; control answers `Ack`
 * once everything up to there is committed. `boot` names a run of the sender; numbers begin anew in each, and those of former runs come first.
 */
export type AccessRole = 'gateway' | 'host';

export type AccessMessage =
  | { type: 'Hello'; proto: typeof ACCESS_SYNC; role: AccessRole; name: string; boot: string }
  | { type: 'Events'; boot: string; first: number; last: number }
  /** Of a host, after each sheet and each change: its payload is a `HostStanding`. */
  | { type: 'Standing' }
  /** Of a host that has no SSH certificate for this key (an OpenSSH line), or one that is half over. Said again until it is answered. */
  | { type: 'HostKey'; publicKey: string };

export type ControlMessage =
  | { type: 'Ack'; boot: string; upTo: number }
  /** To a host. The payload is the sheet's text; `signature` is Ed25519, base64. */
  | { type: 'Sheet'; signature: string }
  /** To a gateway: all sessions that somebody watches as they run, again with each change. */
  | { type: 'Watched'; sessions: string[] }
  /** To a host: the line of a `-cert.pub` file, in the name that it is connected by. */
  | { type: 'HostCertificate'; certificate: string };

/** The newest sheet a host has taken (0: none), when it was issued (Unix seconds), and every grant that still has something there. */
export interface HostStanding {
  seq: number;
  issuedAt: number;
  /** `left`: of one that is over, what could not be ended; null while it runs or is being ended. */
  holds: { grant: string; left: string[] | null }[];
}

/** Sessions in one `Watched`. */
export const MOST_WATCHED = 200;

export const ACCESS_SYNC = 'access-sync/1';
export const ACCESS_PATHS = { sync: '/access-sync', enrol: '/access-enroll', renew: '/access-renew' } as const;
