/** How a session stands, as the database says. `succeeded`: it was raised, and the browser holds another secret by now. */
export interface SessionState {
  readonly state: 'live' | 'succeeded' | 'ended' | 'expired' | 'idle' | 'disabled';
  readonly userId: string;
  readonly realm: string;
  /** Ids; empty unless live. */
  readonly organisations: readonly string[];
}

/** Asks for up to 500 sessions at once; undefined where there never was one. Must not count as being seen. */
export type Ask = (secrets: readonly string[]) => Promise<(SessionState | undefined)[]>;

export interface Watched {
  /** The session as it stands now; called when organisations changed, and last when it is not live any more. */
  changed(state: SessionState): void;
  /** Called at every beat, so that a broken connection is noticed. */
  beat(): void;
}

interface Entry extends Watched {
  readonly secret: string;
  readonly userId: string;
  organisations: string;
}

const PER_QUESTION = 500;

/**
 * The open pages of this process. A message about a person has their sessions asked for; every beat asks for all, which finds what no
 * message tells: idle and absolute limits, and messages lost with a connection.
 */
export class Hub {
  readonly #entries = new Set<Entry>();
  readonly #ask: Ask;
  readonly #limits: { all: number; ofOne: number };

  constructor(ask: Ask, limits: { all: number; ofOne: number }) {
    this.#ask = ask;
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Null when there are too many already. The answer stops it. */
  add(secret: string, state: SessionState, watched: Watched): (() => void) | null {
    let ofOne = 0;
    for (const { userId } of this.#entries) if (userId === state.userId) ofOne++;
    if (this.#entries.size >= this.#limits.all || ofOne >= this.#limits.ofOne) return null;
    const entry = { ...watched, secret, userId: state.userId, organisations: state.organisations.join() };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** Looks at the sessions of one person, or of everybody. */
  async look(userId?: string): Promise<void> {
    const entries = [...this.#entries].filter((entry) => userId === undefined || entry.userId === userId);
    for (let from = 0; from < entries.length; from += PER_QUESTION) {
      const some = entries.slice(from, from + PER_QUESTION);
      const states = await this.#ask(some.map(({ secret }) => secret));
      for (const [i, entry] of some.entries()) this.#tell(entry, states[i]);
    }
  }

  beat(): void {
    for (const entry of this.#entries) entry.beat();
  }

  #tell(entry: Entry, found: SessionState | undefined): void {
    if (!this.#entries.has(entry)) return;
    const state = found ?? { state: 'ended' as const, userId: entry.userId, realm: '', organisations: [] };
    const organisations = state.organisations.join();
    if (state.state === 'live' && organisations === entry.organisations) return;
    entry.organisations = organisations;
    if (state.state !== 'live') this.#entries.delete(entry);
    entry.changed(state);
  }
}
