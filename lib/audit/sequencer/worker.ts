import { type Keyring, KeyringError } from '@/lib/keyring';
import type { Clock, Log } from '@/lib/platform';
import { errors } from './errors';
import { type RefusedLog, signGrown } from './sign';
import { BATCH_SIZE, step } from './step';
import { type Cursor, type Queryable, readPosition, settle } from './store';

/** While there is a backlog, checkpoints are made this often; with many logs less, so that most of the time goes into working it off. */
const SIGN_MILLISECONDS = 500;
const SIGN_PAUSE = 5;
/** The keyring is asked again after this when it was away, and about a log that it refused after that. */
const AWAY_MILLISECONDS = 1_000;
const REFUSED_MILLISECONDS = 60_000;

export interface WorkerContext {
  keyring: Pick<Keyring, 'call'>;
  log: Pick<Log, 'info' | 'warn' | 'error'>;
  clock: Clock;
}

export interface Round {
  /** Events that got their place, and logs that were signed. */
  events: number;
  signed: number;
  /** There is more at once. */
  more: boolean;
  /** Somebody else has worked meanwhile; the next round goes on from there. */
  superseded: boolean;
}

/** Works on one connection, round by round. Leading is not its business. */
export class Worker {
  // What a former sequencer let grow is signed first.
  #grown = true;
  /** On the clock of `performance.now()`: not before, and not before while there is a backlog. */
  #awayUntil = 0;
  #busyUntil = 0;
  /** Unix milliseconds. */
  readonly #refusedUntil = new Map<string, number>();

  private constructor(
    private readonly db: Queryable,
    private cursor: Cursor,
    private readonly context: WorkerContext,
  ) {}

  /** Throws as `begin` does. */
  static async open(db: Queryable, context: WorkerContext): Promise<Worker> {
    return new Worker(db, await begin(db), context);
  }

  async round(): Promise<Round> {
    try {
      const stepped = await step(this.db, this.cursor);
      if (stepped) {
        this.cursor = stepped.cursor;
        this.#grown = true;
      }
      const events = stepped?.events ?? 0;
      const more = events === BATCH_SIZE;
      return { events, signed: await this.#sign(more), more, superseded: false };
    } catch (error) {
      if (!errors.is(error) || error.code !== 'sequencer.superseded') throw error;
      this.cursor = await begin(this.db);
      return { events: 0, signed: 0, more: true, superseded: true };
    }
  }

  /** Growing goes on while the keyring is away. */
  async #sign(backlog: boolean): Promise<number> {
    const started = performance.now();
    if (!this.#grown || started < this.#awayUntil || (backlog && started < this.#busyUntil)) return 0;
    const { clock, keyring, log } = this.context;
    const now = clock.now();
    for (const [name, until] of this.#refusedUntil) if (until <= now) this.#refusedUntil.delete(name);
    try {
      const { signed, refused, again } = await signGrown(this.db, keyring, this.cursor, (name) =>
        this.#refusedUntil.has(name),
      );
      for (const each of refused) this.#refuse(each, now);
      this.#grown = again || this.#refusedUntil.size > 0;
      const ended = performance.now();
      this.#busyUntil = ended + Math.max(SIGN_MILLISECONDS, SIGN_PAUSE * (ended - started));
      return signed;
    } catch (error) {
      if (!(error instanceof KeyringError)) throw error;
      log.warn('sequencer.unsigned', { error });
      this.#awayUntil = performance.now() + AWAY_MILLISECONDS;
      return 0;
    }
  }

  #refuse({ log: name, size, code, signed }: RefusedLog, now: number): void {
    this.#refusedUntil.set(name, now + REFUSED_MILLISECONDS);
    const reason = 'not signed: see lib/audit/sequencer/README.md, "When a log is refused"';
    this.context.log.error('sequencer.refused', { name, size, seq: signed, code, reason });
  }
}

/** Where to go on. Throws `sequencer.restored` or `sequencer.ahead` when the cursor's numbers are not this database server's. */
export async function begin(db: Queryable): Promise<Cursor> {
  const { system, here, ahead, xid, eventId } = await readPosition(db);
  if (system !== null && system !== here) throw errors('sequencer.restored');
  if (ahead) throw errors('sequencer.ahead');
  if (system === null) await settle(db, here);
  return { xid, eventId };
}
