import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { exportErrors } from './errors';
import { type ExportFile, pathOf } from './files';
import { exportName } from './schemas';

/** A file that is open: to be read, or discarded. */
export interface Download {
  name: string;
  bytes: number;
  /** Hex. */
  sha256: string;
  stream(): ReadableStream<Uint8Array>;
  discard(): Promise<void>;
}

/** Throws `export.elsewhere` when it is not there as it was written. */
export async function openFile(home: string, file: ExportFile & { bytes: number; sha256: string }): Promise<Download> {
  const { bytes, sha256 } = file;
  const handle = await open(pathOf(home, file), 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw exportErrors('export.elsewhere');
    throw error;
  });
  if ((await handle.stat()).size !== bytes) {
    await handle.close();
    throw exportErrors('export.elsewhere');
  }
  return {
    name: exportName(file.id, file),
    bytes,
    sha256,
    stream: () => Readable.toWeb(handle.createReadStream()) as ReadableStream<Uint8Array>,
    discard: () => handle.close(),
  };
}
