import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCheckpointText, parseNote, type TreeHead } from '@/lib/kernel/log';
import { WitnessError } from './errors';

/** What a witness remembers: for each log the note it cosigned last, with its cosignature, in a file named by the hash of the origin. */
export interface Stored extends TreeHead {
  readonly note: string;
}

export interface WitnessStore {
  /** Null when no checkpoint of the log was ever cosigned. Throws `WitnessError` when what is there cannot be read: it is never taken for none. */
  read(originHash: string): Promise<Stored | null>;
  /** On disk, and found after a power cut, before it returns. */
  write(originHash: string, note: string): Promise<void>;
}

/** SHA-256 of a log's origin, lower-case hex. */
export const hashOfOrigin = (origin: string): string => createHash('sha256').update(origin, 'utf8').digest('hex');

export async function openStore(directory: string): Promise<WitnessStore> {
  const folder = join(directory, 'logs');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = (originHash: string) => join(folder, originHash);
  return {
    async read(originHash) {
      const note = await readFile(at(originHash), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      if (note === null) return null;
      const checkpoint = parseCheckpointText(parseNote(note)?.text ?? '');
      if (!checkpoint || hashOfOrigin(checkpoint.origin) !== originHash)
        throw new WitnessError(
          `${at(originHash)} is damaged: restore it, for a witness must not forget what it cosigned`,
        );
      return { size: checkpoint.size, root: checkpoint.root, note };
    },
    async write(originHash, note) {
      // One writer per origin, so the name of the half-written file can be fixed; a kill leaves it to be written over.
      const draft = `${at(originHash)}.next`;
      const file = await open(draft, 'w', 0o600);
      try {
        await file.writeFile(note);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, at(originHash));
      const parent = await open(folder, 'r');
      try {
        await parent.sync();
      } finally {
        await parent.close();
      }
    },
  };
}
