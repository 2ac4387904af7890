import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

/**
 * One build at a time in one checkout: a second start waits for the first instead of writing into the same folders. A lock whose
 * owner is gone is taken over.
 */
export async function withBuildLock(
  path: string,
  say: (line: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  for (let waited = false; !take(path); waited = true) {
    if (!waited) say('Another start is building; waiting for it');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  try {
    await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (isAbandoned(path)) rmSync(path, { force: true });
    return false;
  }
}

function isAbandoned(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    // Empty for the moment between creating and writing.
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
