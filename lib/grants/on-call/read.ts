import 'server-only';
import { inStaff, type StaffCaller, type StaffDesk } from '@/lib/authz';
import { committeeErrors, committeeStanding, designatedFor, type Standing } from '@/lib/committee';
import { systemClock } from '@/lib/platform';
import { names } from '../requests/store';
import type { Named } from '../schemas';
import { countedOf, heldBy, nextAfter, type Shift } from './rules';
import type { OnCallView, PartView, ShiftView } from './schemas';
import * as store from './store';
import { DAY_MS, daysOf, type Part } from './week';

const DAYS = 7;
/** How far a page may look back and ahead. */
const REACH_MS = 400 * DAY_MS;
const isoOf = (at: number): string => new Date(at).toISOString();

/** Who is on call now and next, and a week of shifts from a midnight on (Unix milliseconds, UTC); null: from today. Any member of staff. */
export async function readOnCall(caller: StaffCaller, from: number | null): Promise<OnCallView> {
  const standing = await standingOrNot();
  return inStaff(caller, ['OnCallShift', 'read'], async (desk) => {
    const now = systemClock.now();
    const today = now - (now % DAY_MS);
    const first = from !== null && Math.abs(from - today) <= REACH_MS ? from : today;
    const rows = await store.shiftsFrom(desk, new Date(Math.min(first, now)));
    // Without the keyring nobody knows who is designated: shifts are shown as they were set.
    const held = standing ? heldBy(standing, 'on-call approver', now) : null;
    const designated = held ?? new Map(rows.map((row) => [row.personId, row.endsAt.getTime()]));
    const shifts = rows.flatMap((row) => countedOf(row, designated, now) ?? []);
    const approvers = standing ? designatedFor(standing, 'on-call approver', now) : [];
    const people = await names(
      desk,
      [...new Set([...rows.flatMap((row) => [row.personId, row.setById]), ...approvers])],
      [],
    );
    const named = (id: string): Named => ({ id, name: people.get(id) ?? id });
    const duty = ({ person, from, until }: Shift) => ({
      person: named(person),
      from: isoOf(from),
      until: isoOf(until),
    });
    const rowOf = new Map(rows.map((row) => [row.id, row]));
    const viewOf = (shift: Shift): ShiftView => shown(desk, rowOf.get(shift.id)!, shift, now, duty, named);
    const partOf = ({ from, until, shift, first }: Part): PartView => ({
      ...{ from: isoOf(from), until: isoOf(until), first, over: until <= now },
      shift: shift && viewOf(shift),
    });
    const days = daysOf(shifts, first, DAYS);
    return {
      now: shifts.filter((shift) => shift.from <= now && now < shift.until).map(duty),
      next: nextAfter(shifts, now).map(duty),
      first: isoOf(first),
      week: days.map(({ day, parts }) => ({ day: isoOf(day), parts: parts.map(partOf) })),
      any: shifts.length > 0,
      approvers: standing && approvers.map(named),
      closedToReader: !standing
        ? 'The key service does not answer.'
        : approvers.includes(desk.userId)
          ? null
          : 'On-call approvers hand over their own.',
    };
  });
}

function shown(
  { userId }: StaffDesk,
  row: store.ShiftRow,
  shift: Shift,
  now: number,
  duty: (of: Shift) => Pick<ShiftView, 'person' | 'from' | 'until'>,
  named: (id: string) => Named,
): ShiftView {
  const meant = row.removedAt ? Math.min(row.endsAt.getTime(), row.removedAt.getTime()) : row.endsAt.getTime();
  return {
    ...duty(shift),
    id: row.id,
    setBy: named(row.setById),
    handedOver: row.insteadOfId !== null,
    lapses: shift.until < meant,
    state: shift.until <= now ? 'over' : shift.from <= now ? 'now' : 'ahead',
    own: row.personId === userId,
  };
}

const standingOrNot = (): Promise<Standing | null> =>
  committeeStanding().catch((error) => {
    if (committeeErrors.is(error)) return null;
    throw error;
  });
