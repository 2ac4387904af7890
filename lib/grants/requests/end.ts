import 'server-only';
import { inStaff, type StaffCaller, type StaffDesk } from '@/lib/authz';
import { isId, newId, newUuid, systemClock } from '@/lib/platform';
import { inAccess } from '../desk';
import { errors } from '../errors';
import { end, standingOf } from '../ledger';
import type { State } from '../schemas';
import * as store from './store';

const OPEN: readonly State[] = ['pending', 'scheduled', 'active'];

/** Withdraws one's own request, or gives the grant back early. Throws `grant.not_found`, `grant.not_yours`, `grant.over`, `grant.keyring`. */
export const giveBack = (caller: StaffCaller, id: string): Promise<'withdrawn' | 'returned'> =>
  inAccess(caller, ['AccessRequest', 'end'], id, async (desk) => {
    const row = await found(desk, id);
    if (row.personId !== desk.userId) throw errors('grant.not_yours');
    const why = (await standingOf(id)).state === 'pending' ? 'withdrawn' : 'returned';
    await endIt(desk, row, why);
    return why;
  });

/** Security ends somebody else's, at once. Throws `authz.forbidden`, `grant.not_found`, `grant.over`, `grant.keyring`. */
export const revoke = (caller: StaffCaller, id: string): Promise<void> =>
  inStaff(caller, ['AccessRequest', 'revoke'], (desk) => revokeIt(desk, id));

/** The same by whoever watches a session under it, with the reason. Throws as `revoke`. */
export const terminate = (
  caller: StaffCaller,
  { session, request, reason }: { session: string; request: string; reason: string },
): Promise<void> =>
  inStaff(caller, ['AccessRequest', 'revoke'], async (desk) => {
    if (!(await store.hasSession(desk, request, session))) throw errors('grant.not_found');
    const actId = newUuid(systemClock.now());
    await revokeIt(desk, request, actId);
    const object = { type: 'production-session', id: session };
    await desk.record('production.terminated@1', { object, actId }, { request, reason });
  });

async function revokeIt(desk: StaffDesk, id: string, actId = newUuid(systemClock.now())): Promise<void> {
  const row = await found(desk, id);
  await endIt(desk, row, 'revoked', actId);
  await store.tell(
    desk.tx,
    id,
    'grant.ended',
    { people: [row.personId] },
    {
      ...{ targets: row.targets.join(', ').slice(0, 120), state: 'revoked', request: id },
    },
  );
}

async function endIt(
  desk: StaffDesk,
  { id }: store.RequestRow,
  why: 'withdrawn' | 'returned' | 'revoked',
  actId = newUuid(systemClock.now()),
): Promise<void> {
  if (!OPEN.includes((await standingOf(id)).state)) throw errors('grant.over');
  await end(id, why);
  const described = await standingOf(id);
  await store.note(desk.tx, described);
  const object = { type: 'access-request', id };
  await desk.record('grant.ended@1', { object, actId }, { why, state: described.state });
  await store.closeObservations(desk.tx);
}

/**
 * A question or an answer: among the staff, or between the provider and one concerned customer. The request itself stays as it was asked. Throws
 * `grant.not_found`.
 */
export const comment = (
  caller: StaffCaller,
  { request: id, to, text }: { request: string; to: string | null; text: string },
): Promise<void> =>
  inStaff(caller, ['AccessRequest', 'comment'], async (desk) => {
    const row = await found(desk, id);
    const part =
      to === null ? null : (await store.parts(desk, [id])).find(({ organisationId }) => organisationId === to);
    if (part === undefined) throw errors('grant.not_found');
    await store.insertComment(desk.tx, {
      ...{ id: newId('cmt'), requestId: id, organisationId: to, authorId: desk.userId, byStaff: true, text },
    });
    const object = { type: 'access-request', id };
    const actId = newUuid(systemClock.now());
    await desk.record('grant.commented@1', { object, actId, subject: desk.userId }, { to: to ?? 'staff', text });
    if (part)
      await desk.record(
        'provider_access.commented@1',
        { object, actId, organisation: { id: part.organisationId, alias: part.staffId } },
        { text },
      );
    const people = [
      row.personId,
      ...(await store.votes(desk.tx, [id])).filter((vote) => vote.organisationId === null).map(({ userId }) => userId),
    ];
    await store.tell(
      desk.tx,
      id,
      'grant.commented',
      { people: people.filter((person) => person !== desk.userId) },
      { targets: row.targets.join(', ').slice(0, 120), request: id },
    );
    if (part)
      await store.tell(
        desk.tx,
        id,
        'grant.commented',
        { organisations: [part.organisationId] },
        // Of the others' targets it is told nothing.
        { targets: part.targets.join(', ').slice(0, 120), request: id },
      );
  });

async function found(desk: StaffDesk, id: string): Promise<store.RequestRow> {
  const row = isId('grt', id) ? await store.find(desk, id) : null;
  if (!row) throw errors('grant.not_found');
  return row;
}
