import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@/lib/platform';
import { type EdgeAckRow, type Queryable, saveAcks } from './store';

/**
 * Writes acknowledgements of many edges in few statements: the first at once, what arrives meanwhile together with the next. While the
 * database is away they wait here; should control die with them, the edges say them again when they are back.
 */
const MAX_WAITING = 100_000;
const MAX_BATCH = 5_000;
const RETRY_MILLISECONDS = 500;

export class AckWriter {
  readonly #db: Queryable;
  readonly #log: Log;
  #waiting: EdgeAckRow[] = [];
  #writing: Promise<void> | null = null;
  #stopped = false;

  constructor(db: Queryable, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  add(ack: EdgeAckRow): void {
    this.#waiting.push(ack);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.splice(0, this.#waiting.length - MAX_WAITING);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, MAX_BATCH);
      try {
        await saveAcks(this.#db, batch);
        this.#waiting = this.#waiting.slice(batch.length);
      } catch (error) {
        this.#log.warn('ingest.acks_failed', { count: this.#waiting.length, error });
        if (this.#stopped) return;
        await sleep(RETRY_MILLISECONDS);
      }
    }
  }
}
