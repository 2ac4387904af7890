import { gapsIn, type Shift, type Span } from './rules';

/** A week of shifts as days with what is in them. Pure. Times are Unix milliseconds; days are UTC's. */
export const DAY_MS = 86_400_000;

/** A part of a day: somebody's shift, as far as it is on this day, or a time with nobody. */
export interface Part extends Span {
  readonly shift: Shift | null;
  /** Of this shift the first part that is shown. */
  readonly first: boolean;
}
export interface Day {
  readonly day: number;
  readonly parts: readonly Part[];
}

/** The days from `first` on, which is a midnight; in each, parts by their beginning. */
export function daysOf(shifts: readonly Shift[], first: number, days: number): Day[] {
  const seen = new Set<string>();
  return Array.from({ length: days }, (_, i) => {
    const day = first + i * DAY_MS;
    const within = { from: day, until: day + DAY_MS };
    const on = shifts.filter(({ from, until }) => from < within.until && until > within.from);
    const parts: Omit<Part, 'first'>[] = [
      ...on.map((shift) => ({
        shift,
        from: Math.max(shift.from, within.from),
        until: Math.min(shift.until, within.until),
      })),
      ...gapsIn(on, within).map((gap) => ({ ...gap, shift: null })),
    ];
    return {
      day,
      parts: parts
        .sort((a, b) => a.from - b.from || a.until - b.until)
        .map((part) => {
          const first = part.shift !== null && !seen.has(part.shift.id);
          if (part.shift) seen.add(part.shift.id);
          return { ...part, first };
        }),
    };
  });
}
