/**
 * Screen records of production access, as staff and auditors use them: how one stands against the audit log, its lines for a player, search, files
 * to take away, copies without what must not be seen, and what somebody from outside is shown of one. Every look is recorded in its own
 * transaction. The server's only door; browsers may import `schemas.ts`. Control's part is `due`.
 */
import 'server-only';

export { makeCopy } from './copies/make';
export { downloadCopy, listCopies, openCopy, readCopyLines } from './copies/read';
export { errors as recordingErrors } from './errors';
export type { RecordingDownload } from './files';
export { downloadRecording, findInRecording, openRecording, readLines, searchRecordings } from './read';
export { revokeShare, shareCopy } from './shares/share';
export { downloadShared, markOf, openShare, readShared, readSharedLines } from './shares/shared';
export { watchRecording } from './watch';
