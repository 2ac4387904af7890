import type pg from 'pg';
import { tellFloods } from '@/lib/audit';
import type { Log } from '@/lib/platform';
import { inTransaction } from './store';

const EVERY_MILLISECONDS = 5_000;

/** Turns counted refusals of strangers into events, soon after their minute is over. Any number of controls may do it: each minute is taken once. */
export function startFloods(pool: pg.Pool, log: Log): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = inTransaction(pool, tellFloods).catch((error: unknown) => log.warn('refusals.not_told', { error }));
  }, EVERY_MILLISECONDS);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
