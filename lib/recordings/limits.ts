/** What reading the screen of one recording may cost. A recording beyond it is searchable up to there, and says so. */
export interface ScreenTextLimits {
  /** UTF-16 code units of output that are read. */
  readonly output: number;
  /** Milliseconds of work. */
  readonly workMs: number;
  /** UTF-16 code units of all entries together, and how many entries. */
  readonly text: number;
  readonly entries: number;
}

export const SCREEN_TEXT_LIMITS: ScreenTextLimits = {
  output: 67_108_864,
  workMs: 30_000,
  text: 4_194_304,
  entries: 50_000,
};

/** UTF-16 code units of one entry: a line of the screen, wrapped or not, is cut there. */
export const MAX_ENTRY_UNITS = 2_000;
