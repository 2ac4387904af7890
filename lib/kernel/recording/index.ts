/**
 * Screen records of production access: asciicast v2, a commitment per line, a Merkle tree over them whose heads stand in the audit log. The
 * README is the specification, complete enough to write a verifier in another language.
 */
export {
  clampSize,
  type Event,
  type Header,
  KINDS,
  type Kind,
  MARKS,
  type Mark,
  parseEvent,
  parseHeader,
  parseMark,
  parseSize,
  type Size,
} from './cast';
export { commitLine, type Sealed, sealedLeaf } from './commitment';
export { RECORDING_FAULTS, type RecordingFault, type RecordingFaultCode } from './faults';
export { type GuardedParser, guardTerminal } from './guard';
export { type Head, headOf, headText, isSession, type PlainHead, plainHead } from './head';
export {
  MAX_COLUMNS,
  MAX_FILE_BYTES,
  MAX_HEADS,
  MAX_LINE_BYTES,
  MAX_LINES,
  MAX_MICROSECONDS,
  MAX_OUTPUT_UNITS,
  MAX_ROW_BYTES,
  MAX_ROWS,
} from './limits';
export { castLine, REDACTED_MARK, REDACTED_OUTPUT } from './plain';
export { type Chosen, Redactor } from './redact';
export { parseRow, type Row, sessionOf } from './rows';
export { Utf8Stream } from './utf8-stream';
export {
  type CheckedLine,
  type RecordingAsked,
  type RecordingReport,
  type RecordingResult,
  RecordingVerifier,
} from './verify';
export { RecordingFull, RecordingWriter, type WriterHost } from './writer';
