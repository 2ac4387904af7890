import { closeSync, createReadStream, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { compareNames, PackFault, type PackSource, readTar, type VerifyingHost } from '@/lib/kernel/pack';
import { packHost } from '@/lib/primitives/pack-host';
import { isGzip, unzipped } from './audit-verify-gzip';
import { lineJudges } from './audit-verify-judges';
import { UsageError } from './command';

const CHUNK_BYTES = 262_144;
const MAX_FOLDER_FILES = 256;
const FOLDERS: ReadonlySet<string> = new Set(['consistency', 'operator']);

/** With all processors, where there is enough to verify. */
export const host: VerifyingHost = { ...packHost, lineJudges };

/** A pack on disk: the tar, gzipped or not, or the folder that it unpacks to. Throws `UsageError` when there is neither. */
export function openPack(path: string): PackSource {
  if (kindOf(path) === 'folder') return { files: () => folderFiles(path) };
  return { files: () => readTar(readable(isGzip(startOf(path)) ? unzipped(path) : fileChunks(path))) };
}

/** The start of a file on disk, or fewer bytes where it ends. Throws `UsageError`. */
export function startOf(path: string, length = 2): Buffer {
  try {
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(length);
      return start.subarray(0, readSync(file, start));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unreadable(error);
  }
}

function kindOf(path: string): 'file' | 'folder' {
  try {
    return lstatSync(path).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    throw unreadable(error);
  }
}

async function* readable(data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* data;
  } catch (error) {
    throw error instanceof PackFault ? error : unreadable(error);
  }
}

async function* folderFiles(path: string) {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  if (entries.length > MAX_FOLDER_FILES) throw new PackFault('malformed', 'the folder has more in it than any pack');
  const names: string[] = [];
  for (const entry of entries) {
    const name = join(entry.parentPath, entry.name).slice(join(path, '/').length);
    if (entry.isFile()) names.push(name);
    else if (!entry.isDirectory() || !FOLDERS.has(name)) {
      throw new PackFault('malformed', 'the folder holds something else than files');
    }
  }
  for (const name of names.sort(compareNames)) {
    const file = join(path, name);
    yield { name, bytes: lstatSync(file).size, data: fileChunks(file) };
  }
}

/** Opens the file when it is read: most are skipped. */
async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) yield chunk as Buffer;
}

export const unreadable = (error: unknown): UsageError =>
  new UsageError(`a file cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
