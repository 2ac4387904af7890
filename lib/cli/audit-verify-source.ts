import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { compareNames, PackFault, type PackSource, readTar, type VerifyingHost } from '@/lib/kernel/pack';
import { primitives } from '@/lib/primitives';
import { verifyEd25519 } from '@/lib/primitives/ed25519';
import { UsageError } from './command';

const CHUNK_BYTES = 262_144;
const MAX_FOLDER_FILES = 256;

export const host: VerifyingHost = {
  sha256: primitives.sha256,
  hasher() {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  },
  verifyEd25519,
};

/** A pack on disk: the gzipped tar, or the folder that it unpacks to. Throws `UsageError` when there is neither. */
export function openPack(path: string): PackSource {
  return kindOf(path) === 'folder' ? { files: () => folderFiles(path) } : { files: () => readTar(unzipped(path)) };
}

function kindOf(path: string): 'file' | 'folder' {
  try {
    return lstatSync(path).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    throw unreadable(error);
  }
}

async function* unzipped(path: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // Its callback has nothing to do: the error comes out of the loop.
  pipeline(createReadStream(path, { highWaterMark: CHUNK_BYTES }), gunzip, () => {});
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw unreadable(error);
    throw new PackFault('malformed', 'it is not a gzip file, or is damaged');
  }
}

async function* folderFiles(path: string) {
  const names = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(path, '/').length));
  if (names.length > MAX_FOLDER_FILES) throw new PackFault('malformed', 'the folder has more files than any pack');
  for (const name of names.sort(compareNames)) {
    const file = join(path, name);
    const { size } = lstatSync(file);
    if (!lstatSync(file).isFile()) throw new PackFault('malformed', 'the folder holds something else than files');
    yield { name, bytes: size, data: fileChunks(file) };
  }
}

/** Opens the file when it is read: most are skipped. */
async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) yield chunk as Buffer;
}

export const unreadable = (error: unknown): UsageError =>
  new UsageError(`a file cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
