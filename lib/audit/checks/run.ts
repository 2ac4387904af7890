import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type NoteKey, parseVkey, TILE_WIDTH } from '@/lib/kernel/log';
import type { Keyring } from '@/lib/keyring';
import { type Clock, type Log, systemClock } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { type FsckReport, fsck, openChecker } from '../fsck';
import { Findings, type Queryable, readBounds } from '../fsck/parts';
import { driftFault, type Reading } from './clock';
import { review } from './review';
import { spotCheck } from './spot';
import { databaseClock, dayOf, existedOn, failedPlace, keepOutcome, keepReview, lastDone } from './store';

export interface ChecksOptions {
  /** Of the role `cordon_checker`. */
  checkerUrl: string;
  /** Of the role `cordon_control`. */
  pool: pg.Pool;
  keyring: Pick<Keyring, 'call'>;
  log: Pick<Log, 'info' | 'warn' | 'error'>;
  clock?: Clock;
  /** Which tiles are looked at: a number from 0 up to 1. */
  random?: () => number;
}

const EVERY_MILLISECONDS = 60_000;
/** Logs looked at in a minute, beside the provider's and the operator's. */
const LOGS_A_MINUTE = 14;
/** The full check waits, so that nobody else notices it. Entries a second. */
const FULL_RATE = 5_000;
const DAY = 86_400_000;
/** UTC: the full check of a day begins after this hour. */
const NIGHT_HOUR = 2;

/** The checks themselves, once each; `startChecks` says when. */
export class Checks {
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(private readonly options: ChecksOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
  }

  /** The newest tile of some logs, any other, and the one that was found wrong; and the clocks. */
  async minute(db: Queryable): Promise<void> {
    await this.clocks(db);
    const keys = await this.#keys();
    const { logs } = await readBounds(db);
    const always = logs.filter(({ name }) => name === 'provider' || name === 'operator');
    const others = logs.filter((log) => !always.includes(log));
    for (let i = 0; i < LOGS_A_MINUTE && others.length > 0; i++)
      always.push(...others.splice(Math.floor(this.#random() * others.length), 1));
    for (const { name: log, newest } of always) {
      const findings = new Findings();
      const last = Math.max(0, Math.ceil(newest / TILE_WIDTH) - 1);
      let entries = 0;
      const known = await failedPlace(this.options.pool, log);
      const tiles = [last, Math.floor(this.#random() * (last + 1)), Math.floor((known ?? 0) / TILE_WIDTH)];
      for (const tile of new Set(tiles)) entries += await spotCheck(db, { log, tile, keys }, findings);
      await this.#keep({ log, kind: 'spot', entries }, findings.faults[0] ?? null);
    }
  }

  async clocks(db: Queryable): Promise<void> {
    const reading = async (ask: () => Promise<number>): Promise<Reading> => {
      const before = this.#clock.now();
      const said = await ask();
      return { before, said, after: this.#clock.now() };
    };
    const { keyring } = this.options;
    const drift = driftFault({
      database: await reading(() => databaseClock(db)),
      keyring: await reading(async () => (await keyring.call('trust.describe', {})).now ?? this.#clock.now()),
    });
    const detail = drift ? `the clock of the ${drift.clock} is ${drift.milliseconds} ms ahead of that of control` : '';
    const fault = drift && { code: `clock.${drift.clock}`, detail };
    await this.#keep({ log: 'provider', kind: 'clock', entries: 0 }, fault);
  }

  /** Everything, slowly. `over`: end it. */
  async full(db: Queryable, over: () => boolean = () => false): Promise<FsckReport> {
    let told = 0;
    const report = await fsck(db, {
      keys: await this.#keys(),
      async progress({ done }) {
        if (over()) throw new Error('the checks were stopped');
        await sleep(((done - told) / FULL_RATE) * 1000);
        told = done;
      },
    });
    const sizes = new Map(report.logs.map(({ name, size }) => [name, size]));
    // Events may be those of a log that is gone.
    for (const log of new Set([...sizes.keys(), ...report.first.keys()]))
      await this.#keep({ log, kind: 'full', entries: sizes.get(log) ?? 0 }, report.first.get(log) ?? null);
    return report;
  }

  /** Yesterday, of every log that there was by then. */
  async review(db: Queryable): Promise<void> {
    const day = new Date(this.#clock.now() - DAY).toISOString().slice(0, 10);
    const { logs } = await readBounds(db);
    for (const { name } of logs)
      if (name !== 'operator' && (await existedOn(db, name, day)))
        await keepReview(this.options.pool, name, day, review(await dayOf(db, name, day)));
  }

  async #keep(
    of: { log: string; kind: 'full' | 'spot' | 'clock'; entries: number },
    fault: { code: string; index?: number; detail: string } | null,
  ): Promise<void> {
    const said = fault && { code: fault.code, place: fault.index ?? null, cause: fault.detail.slice(0, 500) };
    const change = await keepOutcome(this.options.pool, { ...of, fault: said }, this.#clock.now());
    const { log } = this.options;
    if (change === 'failed') log.error('checks.failed', { name: of.log, service: of.kind, code: fault!.code });
    if (change === 'recovered') log.info('checks.recovered', { name: of.log, service: of.kind });
  }

  async #keys(): Promise<NoteKey[]> {
    const { logKeys = [] } = await this.options.keyring.call('trust.describe', {});
    return logKeys.flatMap((vkey) => parseVkey(primitives, vkey) ?? []);
  }
}

/** Checks from this process, every minute, every night and every day. Several may: what one has found, another does not tell again. */
export function startChecks(options: ChecksOptions): { stop(): Promise<void> } {
  const { checkerUrl, pool, log, clock = systemClock } = options;
  const checks = new Checks(options);
  const ended = new AbortController();
  const rounds = async (round: (db: Queryable) => Promise<unknown>): Promise<void> => {
    while (!ended.signal.aborted) {
      try {
        const db = await openChecker(checkerUrl);
        await round(db).finally(() => db.end());
      } catch (error) {
        if (!ended.signal.aborted) log.warn('checks.not_done', { error });
      }
      await sleep(EVERY_MILLISECONDS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  const daily = async (db: Queryable): Promise<void> => {
    const now = clock.now();
    const today = Math.floor(now / DAY) * DAY;
    if (((await lastDone(pool, 'review')) ?? 0) < today - DAY) await checks.review(db);
    const night = today + NIGHT_HOUR * 3_600_000;
    const full = await lastDone(pool, 'full');
    if (full === null || (now >= night && full < night)) await checks.full(db, () => ended.signal.aborted);
  };
  const running = Promise.all([rounds((db) => checks.minute(db)), rounds(daily)]);
  return {
    async stop() {
      ended.abort();
      await running;
    },
  };
}
