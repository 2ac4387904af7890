import 'server-only';
import { inStaff, may, type StaffCaller } from '@/lib/authz';
import { committeeStanding, designated } from '@/lib/committee';
import { isId, newId, newUuid, systemClock } from '@/lib/platform';
import { inAccess } from '../desk';
import { errors } from '../errors';
import { AHEAD_DAYS, type NewShift } from './schemas';
import * as store from './store';

const DAY_MS = 86_400_000;

/** Puts an on-call approver on call. It counts from now at the earliest. Throws `shift.person`, `shift.time`, `committee.keyring`. */
export const setShift = (caller: StaffCaller, { person, from, until }: NewShift): Promise<string> =>
  inStaff(caller, ['OnCallShift', 'set'], async (desk) => {
    const now = systemClock.now();
    if (until <= now || from > now + AHEAD_DAYS * DAY_MS) throw errors('shift.time', { field: 'from' });
    const held = designated(await committeeStanding(), person, 'on-call approver', now);
    if (!held || held.getTime() <= from) throw errors('shift.person', { field: 'person' });
    const id = newId('shf');
    const times = { from: new Date(from), until: new Date(until) };
    await store.insertShift(desk, { id, person, ...times });
    await desk.record(
      'oncall.shift_set@1',
      { object: { type: 'on-call-shift', id }, subject: person },
      { from: times.from.toISOString(), until: times.until.toISOString(), instead: null, person },
    );
    return id;
  });

/**
 * Gives what is left of a shift to another on-call approver: one's own as one of them, anybody's by whoever sets shifts. Throws `grant.not_found`,
 * `grant.not_yours`, `grant.not_designated`, `shift.person`, `shift.over`, `committee.keyring`.
 */
export const handOverShift = (caller: StaffCaller, { shift: of, to }: { shift: string; to: string }): Promise<string> =>
  inAccess(caller, ['OnCallShift', 'hand-over'], { type: 'on-call-shift', id: of }, async (desk) => {
    const shift = isId('shf', of) ? await store.findShift(desk, of) : null;
    if (!shift) throw errors('grant.not_found');
    const standing = await committeeStanding();
    const now = systemClock.now();
    if (!may({ ...desk, kind: 'staff', secret: '' }, 'set', 'OnCallShift')) {
      if (shift.personId !== desk.userId) throw errors('grant.not_yours');
      if (!designated(standing, desk.userId, 'on-call approver', now))
        throw errors('grant.not_designated', { why: 'Designation: on-call approver.' });
    }
    const held = designated(standing, to, 'on-call approver', now);
    if (!held || held.getTime() <= shift.startsAt.getTime() || to === shift.personId)
      throw errors('shift.person', { field: 'to' });
    const id = newId('shf');
    const starts = await store.handOver(desk, { shift: of, id, to });
    if (!starts) throw errors('shift.over');
    const actId = newUuid(now);
    const until = shift.endsAt.toISOString();
    await desk.record(
      'oncall.shift_removed@1',
      { object: { type: 'on-call-shift', id: of }, actId, subject: shift.personId },
      { from: shift.startsAt.toISOString(), until, why: 'handed over', person: shift.personId },
    );
    await desk.record(
      'oncall.shift_set@1',
      { object: { type: 'on-call-shift', id }, actId, subject: to },
      { from: starts.toISOString(), until, instead: of, person: to },
    );
    return id;
  });

/** Takes somebody off call; what was told stays told. Throws `grant.not_found`, `shift.over`. */
export const removeShift = (caller: StaffCaller, id: string): Promise<void> =>
  inStaff(caller, ['OnCallShift', 'remove'], async (desk) => {
    const shift = isId('shf', id) ? await store.findShift(desk, id) : null;
    if (!shift) throw errors('grant.not_found');
    if (!(await store.remove(desk, id))) throw errors('shift.over');
    const { personId: person, startsAt, endsAt } = shift;
    await desk.record(
      'oncall.shift_removed@1',
      { object: { type: 'on-call-shift', id }, subject: person },
      { from: startsAt.toISOString(), until: endsAt.toISOString(), why: 'removed', person },
    );
  });
