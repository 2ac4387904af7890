import type { Standing } from './keyring';

/**
 * When live sessions end. The keyring is asked four times a second where their grants stand; a timer of our own ends each at the last deadline
 * that is known, so that a keyring that falls silent prolongs nothing. Deadlines are held on a clock that nobody can set back.
 */
const POLL_MILLISECONDS = 250;
const MAX_ASKED = 200;
/** For an answer why a session was lost. The person waits for it. */
const ANSWER_MILLISECONDS = 1_000;
const WARNINGS_MINUTES = [10, 2] as const;

export interface Watched {
  grant: string;
  /** `expired`, or what the ledger says. Called once. */
  cut(why: string): void;
  /** About so many minutes are left. Once for each, and again when the end has moved. */
  warn(minutes: number, deadline: number): void;
}

interface Watch extends Watched {
  /** Unix seconds. */
  deadline: number;
  timers: NodeJS.Timeout[];
}

/** Sessions end once nobody has confirmed for so long that they may go on: locks come by control, the rest by the keyring. */
export interface Strict {
  /** Milliseconds. */
  after: number;
  /** Milliseconds since control was heard. */
  controlSilent(): number;
}

export interface EndsOptions {
  describe(grants: string[]): Promise<Standing[]>;
  /** Unix milliseconds. */
  now(): number;
  /** Strict mode. Without it what is known holds until its deadline. */
  strict?: Strict | null;
}

export class Ends {
  readonly #watches = new Set<Watch>();
  readonly #options: EndsOptions;
  #poll: NodeJS.Timeout | undefined;
  #stopped = false;
  /** As `performance.now()`. */
  #answeredAt = performance.now();

  constructor(options: EndsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#watches.size;
  }

  /** Watches a session until it ends. Gives what stops watching. */
  watch(watched: Watched, deadline: number): () => void {
    const watch: Watch = { ...watched, deadline, timers: [] };
    this.#watches.add(watch);
    this.#arm(watch);
    if (!this.#poll) {
      // Nobody was asked while nobody was there.
      this.#answeredAt = performance.now();
      this.#poll = setTimeout(() => void this.#ask(), 0);
    }
    return () => this.#drop(watch);
  }

  /** Why a grant is over, asked now; null when it is not, or nobody says so in time. */
  async whyOver(grant: string): Promise<string | null> {
    let late: NodeJS.Timeout | undefined;
    const nobody = new Promise<null>((resolve) => {
      late = setTimeout(resolve, ANSWER_MILLISECONDS, null);
    });
    const standings = await Promise.race([this.#options.describe([grant]).catch(() => null), nobody]);
    clearTimeout(late);
    if (!standings) return null;
    const standing = standings.find(({ id }) => id === grant);
    return standing?.state === 'active' ? null : (standing?.why ?? 'revoked');
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#poll);
    for (const watch of [...this.#watches]) this.#drop(watch);
  }

  async #ask(): Promise<void> {
    const grants = [...new Set([...this.#watches].map(({ grant }) => grant))];
    try {
      for (let from = 0; from < grants.length; from += MAX_ASKED) {
        const asked = grants.slice(from, from + MAX_ASKED);
        this.#apply(asked, await this.#options.describe(asked));
      }
      this.#answeredAt = performance.now();
    } catch {
      // Silent: the deadlines that are known hold.
    }
    if (this.#isStale()) for (const watch of [...this.#watches]) this.#cut(watch, 'stale');
    if (this.#stopped) return;
    this.#poll = this.#watches.size > 0 ? setTimeout(() => void this.#ask(), POLL_MILLISECONDS) : undefined;
  }

  #isStale(): boolean {
    const { strict } = this.#options;
    if (!strict) return false;
    return performance.now() - this.#answeredAt > strict.after || strict.controlSilent() > strict.after;
  }

  #apply(asked: string[], standings: Standing[]): void {
    const known = new Map(standings.map((standing) => [standing.id, standing]));
    for (const watch of [...this.#watches]) {
      if (!asked.includes(watch.grant)) continue;
      const standing = known.get(watch.grant);
      if (standing?.state !== 'active' || standing.deadline === null) this.#cut(watch, standing?.why ?? 'revoked');
      else if (standing.deadline !== watch.deadline) {
        watch.deadline = standing.deadline;
        this.#arm(watch);
      }
    }
  }

  #arm(watch: Watch): void {
    for (const timer of watch.timers) clearTimeout(timer);
    const left = watch.deadline * 1000 - this.#options.now();
    watch.timers = WARNINGS_MINUTES.filter((minutes) => left >= minutes * 60_000).map((minutes) =>
      setTimeout(() => watch.warn(minutes, watch.deadline), left - minutes * 60_000),
    );
    watch.timers.push(setTimeout(() => this.#cut(watch, 'expired'), Math.max(0, left)));
  }

  #cut(watch: Watch, why: string): void {
    if (!this.#watches.has(watch)) return;
    this.#drop(watch);
    watch.cut(why);
  }

  #drop(watch: Watch): void {
    for (const timer of watch.timers) clearTimeout(timer);
    this.#watches.delete(watch);
  }
}
