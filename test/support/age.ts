import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The `age` command (Debian package `age`): somebody else's implementation of what we encrypt with. */
export const age = {
  /** What a file holds; null when the key does not open it, whole. */
  open(file: Uint8Array, identity: string): Buffer | null {
    const folder = mkdtempSync(join(tmpdir(), 'cordon-age-'));
    try {
      const key = join(folder, 'key.txt');
      writeFileSync(key, `${identity}\n`, { mode: 0o600 });
      const { status, stdout } = spawnSync('age', ['-d', '-i', key], { input: file, maxBuffer: 2 ** 28 });
      return status === 0 ? stdout : null;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
