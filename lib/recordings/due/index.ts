/**
 * What control does about screen records: once one is final, it reads what was on the screen, so that it can be searched. The reading is done in a
 * thread of its own with limits on time and memory, because what is read is as hostile as the session was. Any number of controls may run:
 * a record is written down once.
 */
import { type Log, Pulse } from '@/lib/platform';
import type { ScreenTextLimits } from '../limits';
import { SCREEN_TEXT_LIMITS } from '../limits';
import { contiguous } from '../pieces';
import * as store from './store';
import { readScreen } from './thread-host';

const POLL_MILLISECONDS = 2_000;

export interface ScreenReader {
  stop(): Promise<void>;
}

interface Options {
  pool: store.Pool;
  log: Pick<Log, 'info' | 'warn'>;
  limits?: ScreenTextLimits;
}

export function startScreenReader(options: Options): ScreenReader {
  const pulse = new Pulse();
  const ended = new AbortController();
  async function run(): Promise<void> {
    while (!pulse.over) {
      try {
        while (!pulse.over && (await readNext(options, ended.signal)));
      } catch (error) {
        if (!pulse.over) options.log.warn('recording.reading_failed', { error });
      }
      await pulse.rest(POLL_MILLISECONDS);
    }
  }
  const running = run();
  return {
    async stop() {
      pulse.end();
      ended.abort();
      await running;
    },
  };
}

/** Reads one record, if one is due; answers whether there was one. */
export async function readNext(
  { pool, log, limits = SCREEN_TEXT_LIMITS }: Options,
  signal: AbortSignal,
): Promise<boolean> {
  const due = await store.next(pool);
  if (!due) return false;
  const { session, final } = due;
  const heads = await store.heads(pool, session);
  const chunks = contiguous((from) => store.pieces(pool, session, from));
  const read = await readScreen({ heads, final, limits, chunks, signal });
  if (signal.aborted) return false;
  await store.save(pool, session, read);
  log.info('recording.read', { sessionId: session, code: read.indexed, count: read.entries.length });
  return true;
}
