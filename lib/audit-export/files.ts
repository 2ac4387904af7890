import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExportKind, exportName } from './schemas';

/**
 * Files of exports, in one directory that only this user may enter. A try writes under a name of its own, so that one that somebody else
 * has taken over meanwhile overwrites nothing.
 */
export interface ExportFile extends ExportKind {
  id: string;
  tries: number;
}

const stem = ({ id, tries }: Pick<ExportFile, 'id' | 'tries'>) => `${id}-${tries}`;
export const pathOf = (home: string, file: ExportFile): string => join(home, `${stem(file)}${exportName('', file)}`);
/** While it is written. */
export const partOf = (home: string, file: ExportFile): string => join(home, `${stem(file)}.part`);
/** Folder for what a pack is made of, and for a pack that is yet to be encrypted. */
export const workOf = (home: string, file: ExportFile): string => join(home, `${stem(file)}.work`);

/** Made when it is missing; its mode is set in any case. */
export async function prepareHome(home: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  await chmod(home, 0o700);
}

export interface Written {
  bytes: number;
  /** Hex. */
  sha256: string;
}

/** Writes a file that is not there yet, in constant memory; on disk when this returns. */
export async function writeNew(path: string, chunks: AsyncIterable<Uint8Array>): Promise<Written> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of chunks) {
      await file.writeFile(chunk);
      hash.update(chunk);
      bytes += chunk.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Lines that each end in a line feed, without it. Other ends of lines are part of them. */
export async function* linesIn(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}

const OURS = /^(exp_[0-9a-f]{32}-[0-9]{1,9})\./;

/**
 * Removes what belongs to no job that is under way or ready. `kept` is asked after the directory was read: what is there was begun before.
 * Other files in the directory are left alone.
 */
export async function sweep(
  home: string,
  kept: () => Promise<readonly Pick<ExportFile, 'id' | 'tries'>[]>,
): Promise<number> {
  const found = (await readdir(home)).flatMap((name) => {
    const of = OURS.exec(name)?.[1];
    return of ? [{ name, of }] : [];
  });
  const stay = new Set((await kept()).map(stem));
  const gone = found.filter(({ of }) => !stay.has(of));
  for (const { name } of gone) await rm(join(home, name), { recursive: true, force: true });
  return gone.length;
}
