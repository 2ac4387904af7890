import 'server-only';
import { inStaff, type StaffCaller, type StaffDesk } from '@/lib/authz';
import { type DelegationTerms, delegationTerms } from '@/lib/kernel/grant';
import { KeyringError, keyring } from '@/lib/keyring';
import { isCordonError, isId, systemClock } from '@/lib/platform';
import { errors } from '../errors';
import { APPROVER, type DelegationInput } from '../schemas';
import { committeeStanding, designated, isDesignated, type Standing } from '../standing';
import { people } from '../store';
import * as store from './store';

/**
 * Has somebody answer for one while one is away, signed with one's passkey. Throws `committee.not_designated`, `committee.stand_in`,
 * `committee.overlap`, `committee.delegation`, `committee.not_signed`, `committee.keyring`, `authz.step_up_required`; what the keyring's ledger does
 * not count is refused where it is signed (`identity.act_refused`).
 */
export const delegate = (caller: StaffCaller, input: DelegationInput): Promise<void> =>
  inStaff(caller, ['Delegation', 'give'], async (desk) => {
    const { delegation: id, role, to, from, until } = input;
    const now = systemClock.now();
    const before = await committeeStanding();
    const terms = termsOf({ role, to, from, until });
    if (!isId('dlg', id) || !terms || until * 1000 <= now) throw errors('committee.delegation');
    const isSigned = before.delegations.some((one) => one.id === id && one.by === desk.userId);
    if (!isSigned) await demandPossible(desk, input, before, now);
    await desk.stepUp({ action: 'grant.delegate', object: id, terms });
    const { delegations } = await committeeStanding();
    // A confirmation that the ledger knows nothing of changes nothing here either.
    if (!delegations.some((one) => one.id === id && one.by === desk.userId)) throw errors('committee.not_signed');
    await store.insertDelegation(desk, id, input);
    await desk.record(
      'grant.delegated@1',
      { object: { type: 'delegation', id }, subject: to },
      { role, from: isoOf(from), until: isoOf(until), delegate: to },
    );
    await store.tellOther(desk, id);
  });

/** Before somebody is asked to sign what the ledger would not count. */
async function demandPossible(
  desk: StaffDesk,
  { role, to, from, until }: DelegationInput,
  standing: Standing,
  now: number,
) {
  if (!designated(standing, desk.userId, APPROVER[role], now)) throw errors('committee.not_designated');
  const known = (await people(desk)).some(({ id, status }) => id === to && status === 'active');
  if (to === desk.userId || !known || !isDesignated(standing, to, now)) throw errors('committee.stand_in');
  const overlaps = (one: Standing['delegations'][number]) =>
    one.by === desk.userId && one.role === role && one.from < until && from < one.until;
  if (standing.delegations.some(overlaps)) throw errors('committee.overlap');
}

/**
 * Ends a delegation before its time, by whoever gave it or was given it. Throws `committee.not_found`, `committee.not_yours`,
 * `committee.delegation_over`, `committee.keyring`.
 */
export const endDelegation = (caller: StaffCaller, id: string): Promise<void> =>
  inStaff(caller, ['Delegation', 'end'], async (desk) => {
    const row = isId('dlg', id) ? await store.findDelegation(desk, id) : null;
    if (!row) throw errors('committee.not_found');
    if (row.byId !== desk.userId && row.toId !== desk.userId) throw errors('committee.not_yours');
    if (row.endedAt || row.endsAt.getTime() <= systemClock.now()) throw errors('committee.delegation_over');
    const until = await undelegate(id);
    if (!(await store.endRow(desk, id, until))) throw errors('committee.delegation_over');
    await desk.record(
      'grant.delegation_ended@1',
      { object: { type: 'delegation', id } },
      { role: row.role, why: 'returned', until: until.toISOString() },
    );
    await store.tellOther(desk, id);
  });

/** When it is over. One the keyring knows nothing of gives nobody a voice: it is over now. */
async function undelegate(delegation: string): Promise<Date> {
  try {
    const { until } = await keyring().call('grant.undelegate', { delegation });
    return new Date(until * 1000);
  } catch (error) {
    if (error instanceof KeyringError && error.refusal === 'grant.unknown') return new Date(systemClock.now());
    if (error instanceof KeyringError || (isCordonError(error) && error.code === 'keyring.unavailable'))
      throw errors('committee.keyring', { cause: error });
    throw error;
  }
}

function termsOf(terms: DelegationTerms) {
  try {
    return delegationTerms(terms);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const isoOf = (seconds: number): string => new Date(seconds * 1000).toISOString();
