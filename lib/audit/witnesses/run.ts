import { type Clock, type Log, Pulse, systemClock } from '@/lib/platform';
import { openClient, type Queryable } from '../sequencer/store';
import type { AskedWitnesses } from './config';
import { askRound, type Told, vkeyOf } from './round';
import { Schedule } from './schedule';
import { isLate, witnessState } from './state';
import { adopt, newestCheckpoint } from './store';

export interface WitnessingOptions {
  /** Of the role `cordon_sequencer`. */
  databaseUrl: string;
  /** Null: nobody is asked, and the database is told so. */
  policy: AskedWitnesses | null;
  log: Pick<Log, 'info' | 'warn' | 'error'>;
  clock?: Clock;
}

export interface Witnessing {
  stop(): Promise<void>;
}

const POLL_MILLISECONDS = 500;
const RETRY_MILLISECONDS = 2_000;
const WATCH_MILLISECONDS = 60_000;

/**
 * On a connection of its own: whatever a witness does, the sequencer neither waits nor fails. Any number may run; what they ask twice is answered
 * twice with the same.
 */
export function startWitnessing({ databaseUrl, policy, log, clock = systemClock }: WitnessingOptions): Witnessing {
  const asked = policy?.witnesses ?? [];
  const schedule = new Schedule();
  const pulse = new Pulse();
  let watchAt = 0;

  async function run(): Promise<void> {
    while (!pulse.over) {
      const client = openClient(databaseUrl);
      let lost = false;
      client.on('error', () => {
        lost = true;
      });
      try {
        await client.connect();
        await adopt(
          client,
          asked.map((witness) => ({ name: witness.name, vkey: vkeyOf(witness) })),
        );
        if (!policy) return;
        while (!pulse.over && !lost) await pass(client, policy);
      } catch (error) {
        if (!pulse.over) log.warn('witness.database_failed', { error });
        await pulse.rest(RETRY_MILLISECONDS);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  async function pass(client: Queryable, policy: AskedWitnesses): Promise<void> {
    const newest = await newestCheckpoint(client);
    const due = newest
      ? asked.filter((witness) => schedule.isDue(vkeyOf(witness), newest.size, performance.now()))
      : [];
    if (newest && due.length > 0) {
      const round = await askRound(client, policy, due, newest, clock.now());
      // One time for all, so that they are asked together again.
      const now = performance.now();
      for (const told of round) {
        schedule.told(vkeyOf(told.witness), newest.size, told.asked.outcome, now);
        tell(told, newest.size);
      }
    }
    if (performance.now() >= watchAt) {
      watchAt = performance.now() + WATCH_MILLISECONDS;
      const state = await witnessState(client);
      if (isLate(state, clock.now()))
        log.warn('witness.late', { durationMs: clock.now() - state.waitingSince!, count: state.asked });
    }
    await pulse.rest(POLL_MILLISECONDS);
  }

  /** Once when something changes; another history every time, for it is never nothing. */
  function tell({ witness: { name }, asked: { outcome, ...said }, changed }: Told, size: number): void {
    const code = 'code' in said ? said.code : undefined;
    if (outcome === 'diverged') {
      const reason = 'a witness has seen another history: see lib/audit/witnesses/README.md, "When a witness diverges"';
      log.error('witness.diverged', { name, size, code, reason });
    } else if (changed) {
      if (outcome === 'failing') log.warn('witness.failing', { name, size, code });
      else log.info('witness.cosigning', { name, size });
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
