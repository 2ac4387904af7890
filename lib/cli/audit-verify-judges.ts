import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { JudgedLines, LineFile, LineJudges, LineRules } from '@/lib/kernel/pack';

/** A piece of a file of lines for a thread (`audit-verify-thread.ts`); it answers each with its JudgedLines, in their order. */
export interface Piece {
  file: LineFile;
  lines: Uint8Array<ArrayBuffer>;
}

/** Beside the bundle of the command line, or beside this file: there it starts the same from the sources. */
const THREAD = new URL('./judge.mjs', import.meta.url);
/** More would wait for the one that reads. */
const MOST = 4;
/** Below it all is judged before threads have begun. */
const WORTH_BYTES = 8 * 2 ** 20;

/** As many threads as there are processors; null where that is one, for few lines, and beside a bundle that was taken along alone. */
export function lineJudges(rules: LineRules, bytes: number): LineJudges | null {
  const count = Math.min(availableParallelism(), MOST);
  return count > 1 && bytes >= WORTH_BYTES && existsSync(THREAD) ? startJudges(rules, count) : null;
}

export function startJudges(rules: LineRules, count: number): LineJudges {
  const threads = Array.from({ length: count }, () => startThread(rules));
  let next = 0;
  return {
    // One in work and one that waits for each.
    width: 2 * count,
    judge: (file, piece) => threads[next++ % count]!.judge(file, piece),
    close: async () => void (await Promise.all(threads.map((thread) => thread.close()))),
  };
}

function startThread(rules: LineRules): Omit<LineJudges, 'width'> {
  const worker = new Worker(THREAD, { workerData: rules });
  const waiting: { resolve(judged: JudgedLines): void; reject(error: Error): void }[] = [];
  let failed: Error | null = null;
  const fail = (error: Error) => {
    failed ??= error;
    for (const { reject } of waiting.splice(0)) reject(failed);
  };
  worker.on('message', (judged: JudgedLines) => waiting.shift()?.resolve(judged));
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('a thread of the verification ended')));
  return {
    judge(file, piece) {
      if (failed) return Promise.reject(failed);
      const lines = new Uint8Array(piece);
      worker.postMessage({ file, lines } satisfies Piece, [lines.buffer]);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    close: async () => void (await worker.terminate()),
  };
}
