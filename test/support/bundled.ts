import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFile } from '@/lib/launch/build';
import { ROOT } from './imports';

const made = new Map<string, Promise<string>>();

/**
 * A program, for example `lib/cli/main.ts`, in one file bundled the way production's are: made once per test process out of the sources as they
 * stand. It starts in a fraction of the time that translating each source on the way takes. Lies beside production's own, so that what stays
 * outside a bundle is found from there.
 */
export function bundled(entry: string): Promise<string> {
  const known = made.get(entry);
  if (known) return known;
  const making = make(entry);
  made.set(entry, making);
  return making;
}

async function make(entry: string): Promise<string> {
  const directory = join(ROOT, '.build');
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `test-${entry.replaceAll('/', '-').replace(/\.ts$/, '')}.mjs`);
  const { outputFiles = [] } = await bundleFile(ROOT, entry, file, false);
  // Another test process may be starting the one it made.
  for (const { path, contents } of outputFiles) {
    const half = `${path}.${process.pid}`;
    writeFileSync(half, contents);
    renameSync(half, path);
  }
  return file;
}
