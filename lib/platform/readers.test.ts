import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { bundled } from '@/test/support/bundled';

/** Writes a line every few milliseconds, writes down each error nobody heard, as Next does, and tells how many those were when asked. */
const PROGRAM = 'test/support/talker-main.ts';

it('goes on when nobody reads its output any more', async () => {
  const child = spawn(process.execPath, [await bundled(PROGRAM)], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  try {
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    child.stderr!.destroy();
    const answers: unknown[] = [];
    for (let lines = 0; lines < 20; lines = answers.at(-1) as number) {
      child.send('how far?');
      const [answer] = (await once(child, 'message')) as [{ lines: number; unheard: number }];
      expect(answer.unheard).toBe(0);
      answers.push(answer.lines);
    }
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
}, 30_000);
