/** Stretches in which the screen did not change, for players that skip them. */
export interface IdleStretch {
  /** Seconds since the start, half-open. */
  readonly from: number;
  readonly to: number;
}

/** Shorter pauses are how people read and type. */
const IDLE_SECONDS = 5;
const MOST = 1_000;

/** Takes the times of output, in microseconds and in order. After 1,000 stretches the others count as busy. */
export class IdleStretches {
  readonly list: IdleStretch[] = [];
  private last = 0;

  add(time: number): void {
    const [from, to] = [this.last / 1e6, time / 1e6];
    if (to - from >= IDLE_SECONDS && this.list.length < MOST) this.list.push({ from, to });
    this.last = time;
  }
}
