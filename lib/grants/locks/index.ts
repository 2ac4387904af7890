import 'server-only';
import { inStaff, type StaffCaller } from '@/lib/authz';
import { isId, newId } from '@/lib/platform';
import { errors } from '../errors';
import { names } from '../requests/store';
import type { LockKind, LockView } from '../schemas';
import * as store from './store';

/** Locks everybody sees, those in force first. */
export const readLocks = (caller: StaffCaller): Promise<LockView[]> =>
  inStaff(caller, ['AccessLock', 'read'], async (desk) => {
    const rows = await store.locks(desk);
    const people = await names(
      desk,
      rows.flatMap(({ setById, liftedById }) => [setById, ...(liftedById ? [liftedById] : [])]),
      [],
    );
    const named = (id: string) => ({ id, name: people.get(id) ?? id });
    return rows.map(({ setById, setAt, liftedById, liftedAt, ...row }) => ({
      ...{ id: row.id, kind: row.kind, subject: row.subject, reason: row.reason },
      ...{ setBy: named(setById), setAt: setAt.toISOString() },
      ...{ liftedBy: liftedById === null ? null : named(liftedById), liftedAt: liftedAt?.toISOString() ?? null },
    }));
  });

/** Locks at once: nothing new begins, and control ends what runs within a second. */
export const setLock = (
  caller: StaffCaller,
  lock: { kind: LockKind; subject: string; reason: string },
): Promise<string> =>
  inStaff(caller, ['AccessLock', 'set'], async (desk) => {
    const id = newId('lck');
    await store.insert(desk, id, lock);
    const { kind, subject, reason } = lock;
    const of = kind === 'user' ? { subject } : {};
    await desk.record('access-lock.set@1', { object: { type: 'access-lock', id }, ...of }, { kind, subject, reason });
    return id;
  });

/** What was ended stays ended. Throws `grant.not_found`, `lock.lifted`. */
export const liftLock = (caller: StaffCaller, id: string): Promise<void> =>
  inStaff(caller, ['AccessLock', 'lift'], async (desk) => {
    const row = isId('lck', id) ? await store.find(desk, id) : null;
    if (!row) throw errors('grant.not_found');
    if (!(await store.lift(desk, id))) throw errors('lock.lifted');
    await desk.record('access-lock.lifted@1', { object: { type: 'access-lock', id } }, { kind: row.kind });
  });
