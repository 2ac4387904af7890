import type pg from 'pg';
import { type Log, Pulse } from '@/lib/platform';
import { duePruning, pruneBatch, settleErasures } from './store';

export interface Keeper {
  stop(): Promise<void>;
}

/** Places of a log looked at in one transaction, and values overwritten in one. */
const PLACES = 2048;
const VALUES = 10_000;
const POLL_MILLISECONDS = 5_000;

/** Any number may run: the database lets one batch of a log go after another. Killed at any moment, it goes on where the last batch ended. */
export function startKeeper({ pool, log }: { pool: pg.Pool; log: Pick<Log, 'info' | 'warn'> }): Keeper {
  const pulse = new Pulse();

  async function run(): Promise<void> {
    while (!pulse.over) {
      try {
        await work();
      } catch (error) {
        log.warn('keeper.failed', { error });
      }
      await pulse.rest(POLL_MILLISECONDS);
    }
  }

  async function work(): Promise<void> {
    const client = await pool.connect();
    try {
      while (!pulse.over && (await settleErasures(client, VALUES)) === VALUES);
      for (let id = await duePruning(client); id !== null && !pulse.over; id = await duePruning(client)) {
        const { log: name, pruned, finished } = await pruneBatch(client, id, PLACES);
        if (finished) log.info('keeper.pruned', { name, count: pruned });
      }
    } finally {
      client.release();
    }
  }

  const running = run();
  return {
    async stop() {
      pulse.end();
      await running;
    },
  };
}
