import { z } from 'zod';
import { type Named, utcMinute } from '../schemas';

/** Forms and views of shifts and of routing. Safe to import in the browser. Times are ISO 8601, UTC. */
export const SHIFT_DAYS = 14;
/** How far ahead a shift may begin. */
export const AHEAD_DAYS = 90;

const id = z.string().max(64);

export const shiftForm = z
  .object({ person: id, from: utcMinute, until: utcMinute })
  .transform(({ person, from, until }) => ({
    person,
    from: Date.parse(`${from}Z`),
    until: Date.parse(`${until}Z`),
  }))
  .superRefine(({ from, until }, context) => {
    const wrong = (message: string) => context.addIssue({ code: 'custom', path: ['until'], message });
    if (until <= from) wrong('After it begins.');
    else if (until - from > SHIFT_DAYS * 86_400_000) wrong(`At most ${SHIFT_DAYS} days long.`);
  });
export type NewShift = z.output<typeof shiftForm>;

export const handOverForm = z.object({ shift: id, to: id });
export const removeShiftForm = z.object({ shift: id });

/** A day of a week; null: today. */
export const weekOf = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .transform((day) => Date.parse(`${day}T00:00:00Z`))
  .refine(Number.isFinite)
  .nullable()
  .catch(null);

export interface OnDutyView {
  person: Named;
  from: string;
  until: string;
}

export interface ShiftView extends OnDutyView {
  id: string;
  setBy: Named;
  /** It was handed over by somebody else. */
  handedOver: boolean;
  /** The designation ends before the shift was to; the shift ends with it. */
  lapses: boolean;
  state: 'over' | 'now' | 'ahead';
  own: boolean;
}

/** A part of a day: of a shift, or with nobody on call. */
export interface PartView {
  from: string;
  until: string;
  shift: ShiftView | null;
  first: boolean;
  over: boolean;
}

export interface OnCallView {
  now: OnDutyView[];
  next: OnDutyView[];
  /** Midnight of the first day that is shown. */
  first: string;
  week: { day: string; parts: PartView[] }[];
  /** Whether the week, or any time from now on, has a shift. */
  any: boolean;
  /** On-call approvers by the committee. Null: the key service does not answer, and shifts are shown as they were set. */
  approvers: Named[] | null;
  /** Why the reader hands over none of their own; null: they may. */
  closedToReader: string | null;
}
