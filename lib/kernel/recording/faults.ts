/** Why a recording is refused. Closed; each has its words, fit for a person. */
export const RECORDING_FAULTS = {
  malformed: 'a row is no row of a recording, or is longer than one may be',
  session: 'the recording, or a head, is of another session',
  changed: 'a line, or its salt, is not what was committed to',
  missing: 'a line is missing here',
  misplaced: 'a line stands twice, or at another place than its own',
  added: 'a line was added that no head covers',
  time: 'a line is earlier than the line before it',
  redaction: 'what may not be redacted is: the header, or a change of size',
  head: 'lines since the head before were changed, added or taken out, and made to look whole',
  truncated: 'the end is missing',
  diverged: 'the heads of the audit log contradict each other',
  unfinished: 'the recording has no final head: it is still running, or its end was cut off',
} as const;
export type RecordingFaultCode = keyof typeof RECORDING_FAULTS;

export interface RecordingFault {
  readonly code: RecordingFaultCode;
  /** The first line concerned, counted from 0, the header. Of `head` and `diverged` it is one of `line` to `to`. */
  readonly line: number | null;
  readonly to: number | null;
  /** Of the file, counted from 1; null at its end. */
  readonly row: number | null;
}
