import { constants } from 'node:fs';
import { link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Files that survive a kill at any instruction: the content is complete and on disk before the name exists.
 */
async function writeTemporary(path: string, content: string): Promise<string> {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Creates `path` (0600) with this content, or leaves what is already there and answers false. Two creators never overwrite each other. */
export async function createOnce(path: string, content: string): Promise<boolean> {
  const temporary = await writeTemporary(path, content);
  try {
    await link(temporary, path);
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
}

/** Replaces `path` (0600) as a whole. */
export async function replace(path: string, content: string): Promise<void> {
  await rename(await writeTemporary(path, content), path);
  await syncDirectory(dirname(path));
}
