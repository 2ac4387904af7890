import type { StopCode, Verdict } from '../schemas';
import type { Answer } from '../send/answer';

/** What follows from an answer. Pure. */

export const RETRY = {
  /** Seconds before the second try; doubled from try to try. */
  first: 5,
  longest: 15 * 60,
  /** Bounds of what a receiver may ask for. */
  asked: { least: 1, most: 60 * 60 },
} as const;
/** Refusals of one batch after which it is a dead letter: about ten minutes. */
export const REFUSALS = 8;
/** Failures in a row after which the log says so; a single one is nothing to say. */
export const ANNOUNCED_AFTER = 3;
export const GIVE_UP_SECONDS = 10 * 86_400;

export interface Standing {
  /** In a row, before this try. */
  failures: number;
  /** Of this batch. */
  refusals: number;
  failingSeconds: number | null;
  /** Whether the log says that it fails. */
  announced: boolean;
}

export interface Judgement {
  verdict: Verdict;
  /** Before the next try. */
  waitSeconds: number;
  announced: boolean;
  /** What the log is to say, besides dead letters. */
  say: 'failing' | 'recovered' | 'stopped' | null;
  /** With `stopped`. */
  stop: StopCode | null;
}

/** Answers by which a receiver refuses this batch, not this moment: 4xx but for 408, 425 and 429. */
const refuses = (status: number | null): boolean =>
  status !== null && status >= 400 && status < 500 && ![408, 425, 429].includes(status);

/** `random` in [0, 1) spreads retries of many streams. */
export function judge({ code, status, retryAfterSeconds }: Answer, standing: Standing, random: number): Judgement {
  const { announced } = standing;
  if (code === 'delivered' || code === 'written')
    return { verdict: 'delivered', waitSeconds: 0, announced: false, say: announced ? 'recovered' : null, stop: null };

  const failures = standing.failures + 1;
  const stop = status === 410 ? 'gone' : (standing.failingSeconds ?? 0) >= GIVE_UP_SECONDS ? 'gave_up' : null;
  if (stop) return { verdict: 'stopped', waitSeconds: 0, announced: true, say: 'stopped', stop };

  const tell = !announced && failures >= ANNOUNCED_AFTER;
  const common = { announced: announced || tell, say: tell ? ('failing' as const) : null, stop: null };
  if (refuses(status)) {
    // The batch after a dead letter is tried soon: it may be that only this one was not to its taste.
    if (standing.refusals + 1 >= REFUSALS) return { verdict: 'dead', waitSeconds: RETRY.first, ...common };
    return { verdict: 'refused', waitSeconds: waitFor(failures, null, random), ...common };
  }
  return { verdict: 'retry', waitSeconds: waitFor(failures, retryAfterSeconds, random), ...common };
}

function waitFor(failures: number, asked: number | null, random: number): number {
  if (asked !== null) return Math.min(Math.max(asked, RETRY.asked.least), RETRY.asked.most);
  return Math.min(RETRY.first * 2 ** Math.min(failures - 1, 16) * (1 + random / 2), RETRY.longest);
}
