/** What the replay of a screen record is given. Times are seconds since its start, except of lines, which keep the record's microseconds. */
export interface ReplayHeader {
  readonly columns: number;
  readonly rows: number;
}

export interface ReplayLine {
  /** Microseconds. */
  readonly time: number;
  readonly kind: 'o' | 'r' | 'm';
  /** Of a redacted line the words that stand for it (lib/kernel/recording). */
  readonly data: string;
}

export interface ReplayMark {
  /** Of the record; unique. */
  readonly line: number;
  readonly seconds: number;
  readonly kind: 'command' | 'refused' | 'note' | 'end';
  readonly text: string;
  /** Its audit entry. */
  readonly entry?: { readonly label: string; readonly href: string };
}

export interface ReplayHit {
  readonly second: number;
  readonly text: string;
}

/** Seconds in which the screen did not change: at least a few, half-open. */
export interface IdleStretch {
  readonly from: number;
  readonly to: number;
}

/** Lines from `fromLine` on (the header is line 0, the first event line 1), in order, as many as come at once; none at the end. */
export type LoadLines = (fromLine: number) => Promise<readonly ReplayLine[]>;
export type FindText = (words: string) => Promise<readonly ReplayHit[]>;

export const SPEEDS = [0.5, 1, 2, 4, 8] as const;
export type Speed = (typeof SPEEDS)[number];
