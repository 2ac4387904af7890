/** Packs on disk, for verifiers that are other programs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import { writeTar } from '@/lib/kernel/pack';
import { type Files, membersOf } from './world';

/** Writes into a folder that goes when the tests of the file are done; answers the path. */
export function scratch(): (name: string, content: string | Uint8Array) => string {
  // Made when it is needed: of tests that are all skipped, vitest runs no clean-up.
  let folder: string | undefined;
  afterAll(() => void (folder && rmSync(folder, { recursive: true })));
  return (name, content) => {
    folder ??= mkdtempSync(join(tmpdir(), 'cordon-foreign-'));
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
}

/** The pack as a folder; answers its path. */
export function unpacked(write: ReturnType<typeof scratch>, name: string, files: Files): string {
  const paths = Array.from(files, ([file, content]) => [file, write(join(name, file), content)] as const);
  const [file, path] = paths[0]!;
  return path.slice(0, -file.length - 1);
}

export async function archived(files: Files): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(membersOf(files))) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}
