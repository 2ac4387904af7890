import 'server-only';
import { append } from '@/lib/audit';
import { type Caller, inTenant, type Tenant, type Tx } from '@/lib/authz';
import { withMinutes } from '@/lib/kernel/grant';
import { isId, newId, newUuid, systemClock } from '@/lib/platform';
import { errors } from '../errors';
import { end, standingOf } from '../ledger';
import { closeObservations, insertComment, note, tell } from '../requests/store';
import { settleVote } from '../requests/vote';
import type { State } from '../schemas';
import * as store from './store';

type Member = Caller & { kind: 'member' };

/**
 * A customer's signed word on access to its data, with the passkey of an owner or administrator, in the exact terms that were made for this
 * customer (lib/kernel/grant); perhaps for fewer minutes. Answers where it stands then. Throws `grant.not_found` (also for what concerns others), `grant.minutes`, `grant.voted`,
 * `grant.keyring`, `authz.forbidden`, `authz.step_up_required`.
 */
export const answerProvider = (
  caller: Member,
  { request: id, verdict, minutes }: { request: string; verdict: 'approve' | 'deny'; minutes: number },
): Promise<State> =>
  inTenant(caller, ['ProviderAccess', 'decide'], async (tx, tenant) => {
    const row = await found(tx, tenant, id);
    if (!row.terms) throw errors('grant.role');
    const role = `customer ${tenant.organisationId}`;
    if (minutes > row.minutes) throw errors('grant.minutes', { field: 'minutes' });
    const terms = withMinutes(row.terms, minutes);
    await tenant.stepUp({ action: 'grant.vote', object: id, version: `${verdict} ${role}`, terms, verdict, role });
    const extended = /^extension of (grt_[0-9a-f]{32})$/.exec(row.terms[0]?.[1] ?? '')?.[1] ?? null;
    const { state } = await settleVote(tx, extended, {
      ...{ requestId: id, userId: tenant.actor.id, organisationId: tenant.organisationId, role, verdict, minutes },
      forId: null,
    });
    const actId = newUuid(systemClock.now());
    await tenant.record('provider_access.decided@1', { object: object(id), actId }, { verdict, minutes });
    await inProvidersLog(tx, tenant, actId, 'grant.voted@1', id, { verdict, role, minutes, state });
    await tell(tx, id, 'grant.decided', {}, { targets: row.targets.join(', ').slice(0, 120), state, request: id });
    return state;
  });

/**
 * Takes access back that this customer agreed to, at once, for everybody it concerns. Throws `grant.not_found`, `grant.role` where it was not
 * asked, `grant.over`, `grant.keyring`.
 */
export const withdrawAccess = (caller: Member, id: string): Promise<void> =>
  inTenant(caller, ['ProviderAccess', 'end'], async (tx, tenant) => {
    const row = await found(tx, tenant, id);
    if (row.mode !== 'approve') throw errors('grant.role');
    const { state } = await standingOf(id);
    if (state !== 'pending' && state !== 'scheduled' && state !== 'active') throw errors('grant.over');
    await end(id, 'withdrawn');
    const described = await standingOf(id);
    await note(tx, described);
    const actId = newUuid(systemClock.now());
    await tenant.record('provider_access.ended@1', { object: object(id), actId }, { why: 'withdrawn' });
    await inProvidersLog(tx, tenant, actId, 'grant.ended@1', id, { why: 'withdrawn', state: described.state });
    await closeObservations(tx);
  });

/** A question to the provider, or an answer. Throws `grant.not_found`. */
export const commentToProvider = (
  caller: Member,
  { request: id, text }: { request: string; text: string },
): Promise<void> =>
  inTenant(caller, ['ProviderAccess', 'comment'], async (tx, tenant) => {
    await found(tx, tenant, id);
    const { organisationId } = tenant;
    await insertComment(tx, {
      ...{ id: newId('cmt'), requestId: id, organisationId, authorId: tenant.actor.id, byStaff: false, text },
    });
    const actId = newUuid(systemClock.now());
    await tenant.record('provider_access.commented@1', { object: object(id), actId }, { text });
    await inProvidersLog(tx, tenant, actId, 'grant.commented@1', id, { to: organisationId, text });
    await tell(tx, id, 'grant.commented', {}, { request: id });
  });

const object = (id: string) => ({ type: 'access-request', id });

async function found(tx: Tx, { organisationId }: Tenant, id: string): Promise<store.AccessRow> {
  const row = isId('grt', id) ? await store.find(tx, id, organisationId) : null;
  if (!row) throw errors('grant.not_found');
  return row;
}

/**
 * What the customer did stands in the provider's log as well: under the member's pseudonym there, and without the device and network they came
 * from, which are theirs.
 */
const inProvidersLog = <S extends 'grant.voted@1' | 'grant.ended@1' | 'grant.commented@1'>(
  tx: Tx,
  { actor }: Tenant,
  actId: string,
  schema: S,
  id: string,
  fields: Parameters<typeof append<S>>[1]['fields'],
): Promise<string> =>
  append(tx, {
    ...{ schema, outcome: 'success', actId, object: object(id), fields },
    actor: { kind: 'member', id: actor.id },
    subject: actor.id,
  });
