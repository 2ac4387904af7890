import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { EXIT, type ExitCode, UsageError } from './command';

/**
 * Writes a file that must not exist yet, readable by its owner alone. It stays only when the work ends with `EXIT.ok`: half a file could be
 * taken for a whole one.
 */
export function writeNew(path: string, work: (write: (bytes: Uint8Array) => void) => ExitCode): ExitCode {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    throw new UsageError(`the output cannot be written: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
  }
  let exit: ExitCode = EXIT.refused;
  try {
    exit = work((bytes) => {
      for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
    });
    return exit;
  } finally {
    closeSync(file);
    if (exit !== EXIT.ok) rmSync(path);
  }
}
