/** Which lines of a record are to be withheld, as people say it: by time as the player shows it, and by number. Safe for browsers. */
export type Run = readonly [from: number, to: number];

/** Parts of one list. More than anybody types; what is written down of them has 1024 characters at most. */
const MOST_PARTS = 60;
/** As in lib/kernel/recording. */
const MOST_LINE = 4_194_303;
const TIME = /^(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)$/;

/** `02:14-02:31, 05:00` as runs of whole seconds; null for what is none. */
export const parseTimes = (text: string): Run[] | null => parse(text, secondOf);

/** `12, 40-57` as runs of lines from 1, because the header stays; null for what is none. */
export const parseLines = (text: string): Run[] | null => parse(text, lineOf);

function parse(text: string, pointOf: (part: string) => number | null): Run[] | null {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length > MOST_PARTS) return null;
  const runs: Run[] = [];
  for (const part of parts) {
    const [first = '', last = first, more] = part.split('-').map((point) => point.trim());
    const [from, to] = [pointOf(first), pointOf(last)];
    if (more !== undefined || from === null || to === null || from > to) return null;
    runs.push([from, to]);
  }
  return runs;
}

function secondOf(text: string): number | null {
  const [, hours = '0', minutes, seconds] = TIME.exec(text) ?? [];
  if (minutes === undefined || seconds === undefined) return null;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function lineOf(text: string): number | null {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= MOST_LINE ? number : null;
}

/** Whether a line is within: by number, or by its time in microseconds. A second that is named is meant whole. */
export const isWithin = (runs: readonly Run[], at: number): boolean =>
  runs.some(([from, to]) => from <= at && at <= to);

/** Numbers in order as `12,40-57`. */
export function runsText(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
