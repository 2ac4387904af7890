/** The one place a composition root takes the time from. Rules receive a time as an argument instead. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
