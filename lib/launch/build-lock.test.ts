import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withBuildLock } from './build-lock';

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cordon-lock-'));
  path = join(home, 'build.lock');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A pid no process has: beyond the largest Linux gives out (2^22). */
const NOBODY = 4_194_305;

describe('the build lock', () => {
  it('lets the second start in only after the first is done, and says that it waits', async () => {
    const order: string[] = [];
    let finish = () => {};
    const built = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const first = withBuildLock(
      path,
      () => {},
      async () => {
        order.push('first begins');
        await built;
        order.push('first ends');
      },
    );
    const second = withBuildLock(
      path,
      (line) => {
        order.push(line);
        finish();
      },
      async () => void order.push('second'),
    );
    await Promise.all([first, second]);
    expect(order).toEqual(['first begins', 'Another start is building; waiting for it', 'first ends', 'second']);
    expect(existsSync(path)).toBe(false);
  });

  it('takes over the lock of a process that is gone', async () => {
    writeFileSync(path, String(NOBODY));
    let built = false;
    await withBuildLock(
      path,
      () => {},
      async () => {
        built = true;
      },
    );
    expect(built).toBe(true);
  });

  it('is free again after a build that failed', async () => {
    const failing = withBuildLock(
      path,
      () => {},
      () => Promise.reject(new Error('no')),
    );
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });
});
