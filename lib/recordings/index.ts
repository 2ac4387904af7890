/**
 * Screen records of production access, as staff and auditors use them: how one stands against the audit log, its lines for a player, search, and
 * files to take away. Every look is recorded in its own transaction. The server's only door; browsers may import `schemas.ts`. Control's part
 * is `due`.
 */
import 'server-only';

export { errors as recordingErrors } from './errors';
export {
  downloadRecording,
  findInRecording,
  openRecording,
  type RecordingDownload,
  readLines,
  searchRecordings,
} from './read';
