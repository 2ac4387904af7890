import type { SequencerState } from './state';

/** Behind by more than this is worth a line in the log. */
const LAG_MILLISECONDS = 10_000;

export interface Lag {
  milliseconds: number;
  /** A transaction has been open for as long; the keyring does not sign; or there is more to do than is done. */
  reason: 'open_transaction' | 'unsigned' | 'backlog';
}

/** Watches successive states: how long the horizon has stood still and how long something has been unsigned can only be seen over time. */
export class LagWatch {
  readonly #limit: number;
  #horizon: { at: bigint; since: number } | null = null;
  #unsignedSince: number | null = null;

  constructor(limitMilliseconds = LAG_MILLISECONDS) {
    this.#limit = limitMilliseconds;
  }

  /** `now` in Unix milliseconds. Null when nothing is late. */
  see(state: SequencerState, now: number): Lag | null {
    if (this.#horizon?.at !== state.horizon) this.#horizon = { at: state.horizon, since: now };
    this.#unsignedSince = state.unsigned === 0 ? null : (this.#unsignedSince ?? now);
    const waited = state.oldestAt === null ? 0 : now - state.oldestAt;
    const unsigned = this.#unsignedSince === null ? 0 : now - this.#unsignedSince;
    const held = state.horizon < state.next && now - this.#horizon.since > this.#limit;
    if (waited > this.#limit) return { milliseconds: waited, reason: held ? 'open_transaction' : 'backlog' };
    return unsigned > this.#limit ? { milliseconds: unsigned, reason: 'unsigned' } : null;
  }
}
