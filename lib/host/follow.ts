import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Where reading stopped: the file, how often it was cut since, and how far. */
export interface Place {
  inode: number;
  cuts: number;
  offset: number;
}

/** `end`: where it ends in the file, its line end included. */
export interface Line {
  text: string;
  end: number;
}

const MOST = 1024 * 1024;

/**
 * The whole lines that a growing file has gained since `place`, and where that leaves us. A file that was rotated or cut is read from its beginning;
 * without a place, from its end. Null when there is no file.
 */
export function newLines(path: string, place: Place | null): { lines: Line[]; place: Place } | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const { ino: inode, size } = fstatSync(file);
    const held = place?.inode === inode ? place : null;
    const isCut = held !== null && held.offset > size;
    const cuts = (held?.cuts ?? 0) + (isCut ? 1 : 0);
    const offset = held && !isCut ? held.offset : place ? 0 : size;
    const bytes = Buffer.alloc(Math.min(size - offset, MOST));
    const read = readSync(file, bytes, 0, bytes.length, offset);
    const end = bytes.subarray(0, read).lastIndexOf(10) + 1;
    // A line longer than all that is read at once is none of sshd's: go on behind it.
    if (end === 0) return { lines: [], place: { inode, cuts, offset: offset + (read === MOST ? read : 0) } };
    return { lines: linesOf(bytes.subarray(0, end), offset), place: { inode, cuts, offset: offset + end } };
  } finally {
    closeSync(file);
  }
}

/** `bytes` end with a line end and stand at `offset`. */
function linesOf(bytes: Buffer, offset: number): Line[] {
  const lines: Line[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from) + 1;
    lines.push({ text: bytes.toString('utf8', from, end - 1), end: offset + end });
    from = end;
  }
  return lines;
}
