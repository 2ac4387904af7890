import type { PlainHead } from '@/lib/kernel/recording';

/** What the gateway delivers to control, numbered by the spool. Times are Unix milliseconds. */
export type GatewayEvent =
  | {
      kind: 'session.started';
      at: number;
      session: string;
      grant: string;
      target: string;
      through: string;
      /** Of the person. */
      address: string;
      account: string;
      principal: string;
      /** Of the production certificate, as in sshd's own log. */
      serial: string;
      keyId: string;
      purpose: 'shell' | 'command' | 'files';
      command: string | null;
    }
  /** `bytes` of the recording stand behind this head. */
  | { kind: 'session.head'; session: string; head: PlainHead; bytes: number }
  /** `why`: a key of `ENDINGS`, `exit`, or `broken` when the gateway itself ended in the middle. */
  | { kind: 'session.ended'; at: number; session: string; why: string; exit: number | null }
  | { kind: 'session.refused'; at: number; session: string; code: string; address: string }
  /** Events that the spool had no room for. */
  | { kind: 'gap'; at: number; dropped: number };

/** What stands of a command in an event; the recording has all of it. */
const LONGEST_TOLD = 500;

/** A command as it can be told: an employee's client may send what is no text, and nothing of it may keep the event from being taken. */
export const toldCommand = (command: string): string =>
  command
    .slice(0, LONGEST_TOLD)
    .replaceAll('\0', '\ufffd')
    .replace(/\p{Cs}/gu, '\ufffd');

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
