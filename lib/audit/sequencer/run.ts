import { type Clock, Pulse, systemClock } from '@/lib/platform';
import { errors } from './errors';
import { type Lag, LagWatch } from './lag';
import { sequencerState } from './state';
import { openClient, type Queryable } from './store';
import { Worker, type WorkerContext } from './worker';

export interface SequencerOptions extends Omit<WorkerContext, 'clock'> {
  /** Of the role `cordon_sequencer`. */
  databaseUrl: string;
  clock?: Clock;
}

export interface Sequencer {
  /** Whether this one holds the lock. */
  readonly leading: boolean;
  /** What is late by more than ten seconds, as this one sees it; null when nothing is, or another leads. */
  readonly lag: Lag | null;
  stop(): Promise<void>;
}

/** Says what the lock is for: `cord` `logs` in ASCII. */
const LOCK = 0x636f_7264;
const LOCK_LOGS = 0x6c6f_6773;
/** How often the leader looks for events. A notice from the writers would cost each of their commits a lock that all share. */
const POLL_MILLISECONDS = 100;
const WATCH_MILLISECONDS = 1_000;
/** A lag is told again after this. */
const TELL_MILLISECONDS = 10_000;
/** Whoever does not hold the lock looks now and then, and works when work waits: a lock in wrong hands must not keep logs from growing. */
const FOLLOW_MILLISECONDS = 1_000;
const HELP_AFTER_MILLISECONDS = 5_000;
const RETRY_MILLISECONDS = 1_000;
/** Until somebody has seen to the database. */
const STOPPED_MILLISECONDS = 5_000;

/** Of any number one leads, by an advisory lock on its connection. The cursor's row, not the lock, is what keeps two from doing the same work. */
export function startSequencer(options: SequencerOptions): Sequencer {
  const { databaseUrl, log, clock = systemClock } = options;
  const context: WorkerContext = { keyring: options.keyring, log, clock };
  const pulse = new Pulse();
  let leading = false;
  let lag: Lag | null = null;

  async function campaign(): Promise<void> {
    while (!pulse.over) {
      let lost = false;
      let pause = RETRY_MILLISECONDS;
      const client = openClient(databaseUrl);
      const end = (): void => {
        lost = true;
        pulse.poke();
      };
      client.on('error', end);
      client.on('end', end);
      try {
        await client.connect();
        await follow(client, () => pulse.over || lost);
      } catch (error) {
        if (errors.is(error)) {
          log.error('sequencer.stopped', { code: error.code, reason: error.message });
          pause = STOPPED_MILLISECONDS;
        } else if (!pulse.over) log.warn('sequencer.failed', { error });
      }
      if (leading) log.info('sequencer.ended');
      leading = false;
      lag = null;
      await client.end().catch(() => undefined);
      pulse.heard();
      await pulse.rest(pause);
    }
  }

  async function follow(client: Queryable, over: () => boolean): Promise<void> {
    const watch = new LagWatch(HELP_AFTER_MILLISECONDS);
    while (!over()) {
      const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1, $2) as got', [
        LOCK,
        LOCK_LOGS,
      ]);
      if (rows[0]?.got) return await lead(client, over);
      if (watch.see(await sequencerState(client), clock.now())) await help(client, over);
      await pulse.rest(FOLLOW_MILLISECONDS);
    }
  }

  /** Until nothing is left, or somebody else turns out to be at work. */
  async function help(client: Queryable, over: () => boolean): Promise<void> {
    const worker = await Worker.open(client, context);
    while (!over()) {
      const { events, signed, superseded } = await worker.round();
      if (superseded || events + signed === 0) return;
      log.warn('sequencer.helped', { count: events });
    }
  }

  async function lead(client: Queryable, over: () => boolean): Promise<void> {
    const worker = await Worker.open(client, context);
    leading = true;
    log.info('sequencer.leads');
    const watch = new LagWatch();
    let watchAt = 0;
    let tellAt = 0;
    while (!over()) {
      const { more } = await worker.round();
      if (performance.now() >= watchAt) {
        lag = watch.see(await sequencerState(client), clock.now());
        watchAt = performance.now() + WATCH_MILLISECONDS;
        if (lag && performance.now() >= tellAt) {
          log.warn('sequencer.lag', { durationMs: lag.milliseconds, reason: lag.reason });
          tellAt = performance.now() + TELL_MILLISECONDS;
        }
      }
      if (!more) await pulse.rest(POLL_MILLISECONDS);
    }
  }

  const running = campaign();
  return {
    get leading() {
      return leading;
    },
    get lag() {
      return lag;
    },
    async stop() {
      pulse.end();
      await running;
    },
  };
}
