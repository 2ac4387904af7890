import { Worker } from 'node:worker_threads';
import type { Head } from '@/lib/kernel/recording';
import type { TextEntry } from '../entries';
import type { ScreenTextLimits } from '../limits';
import type { Marks } from '../marks';
import type { RecordingView } from '../schemas';

export interface ScreenRead {
  /** `refused`: it is not what the audit log says. `failed`: the thread ended. `work`: its time was over. */
  readonly indexed: NonNullable<RecordingView['indexed']>;
  readonly entries: readonly TextEntry[];
  /** Null when the record was not read to its end. */
  readonly marks: Marks | null;
}

/** What the thread (`thread.ts`) is made with, what it says, and what it is answered: bytes, or null at the end. */
export interface ThreadData {
  readonly heads: readonly Head[];
  readonly final: boolean;
  readonly limits: ScreenTextLimits;
}
export type ThreadSays = 'more' | ScreenRead;

interface Reading extends ThreadData {
  readonly chunks: AsyncGenerator<Uint8Array>;
  readonly signal: AbortSignal;
}

/** Beside the bundle of control, or beside this file: there it starts the same from the sources. */
const THREAD = new URL('./screen-text.mjs', import.meta.url);
/** MB that the thread may have; with less than a screen of the largest size needs, nothing could be read. */
const MEMORY_MB = 512;
/** The thread keeps its own limit; whoever does not is ended after twice as long. */
const PATIENCE = 2;

/** Never throws for what the record holds. Throws what `chunks` throws. */
export async function readScreen({ heads, final, limits, chunks, signal }: Reading): Promise<ScreenRead> {
  const workerData: ThreadData = { heads, final, limits };
  const worker = new Worker(THREAD, { workerData, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
  const nothing = (indexed: ScreenRead['indexed']): ScreenRead => ({ indexed, entries: [], marks: null });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ScreenRead>((resolve, reject) => {
      timer = setTimeout(() => resolve(nothing('work')), limits.workMs * PATIENCE);
      signal.addEventListener('abort', () => resolve(nothing('failed')), { once: true });
      worker.on('error', () => resolve(nothing('failed')));
      worker.on('exit', () => resolve(nothing('failed')));
      worker.on('message', (says: ThreadSays) => {
        if (says !== 'more') return resolve(says);
        chunks.next().then(({ value }) => worker.postMessage(value ? new Uint8Array(value) : null), reject);
      });
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
