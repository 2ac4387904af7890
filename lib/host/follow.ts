import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Where reading stopped: the file, and how far. */
export interface Place {
  inode: number;
  offset: number;
}

const MOST = 1024 * 1024;

/**
 * The whole lines that a growing file has gained since `place`, and where that leaves us. A file that was rotated or cut is read from its beginning;
 * without a place, from its end. Null when there is no file.
 */
export function newLines(path: string, place: Place | null): { lines: string[]; place: Place } | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const { ino: inode, size } = fstatSync(file);
    const isSame = place?.inode === inode && place.offset <= size;
    const offset = isSame ? place.offset : place ? 0 : size;
    const bytes = Buffer.alloc(Math.min(size - offset, MOST));
    const read = readSync(file, bytes, 0, bytes.length, offset);
    const end = bytes.subarray(0, read).lastIndexOf(10) + 1;
    // A line longer than all that is read at once is none of sshd's: go on behind it.
    if (end === 0) return { lines: [], place: { inode, offset: offset + (read === MOST ? read : 0) } };
    return { lines: bytes.toString('utf8', 0, end - 1).split('\n'), place: { inode, offset: offset + end } };
  } finally {
    closeSync(file);
  }
}
