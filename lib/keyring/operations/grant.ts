import { sign } from 'node:crypto';
import {
  accountOf,
  type Designation,
  delegationEnd,
  type Opening,
  quorumOf,
  type Request,
  reviewDue,
  type Sheet,
  type SheetGrant,
  sheetInput,
  sheetText,
  standingIn,
} from '@/lib/kernel/grant';
import type { Context } from '../context';
import type { Input, Output } from '../protocol';

/** For how long a sheet lets people in, in seconds. Who is in stays to the deadline. */
const FRESH_SECONDS = 60;

/** Where requests stand by their signatures. Those it does not know are left out. */
export function describeGrants(
  { grants, now }: Context,
  { requests }: Input<'grant.describe'>,
): Output<'grant.describe'> {
  const seconds = Math.floor(now() / 1000);
  const { ledger } = grants;
  const openings = [...ledger.openings.values()];
  const known = requests.flatMap((id) => ledger.requests.get(id) ?? []);
  return {
    requests: known.map((request) => ({
      id: request.id,
      ...standingIn(ledger, request.id, seconds)!,
      minutes: request.decided?.verdict === 'approve' ? request.decided.minutes + request.extended : null,
      reviewDue: reviewDue(request),
      sessions: openings.filter((one) => one.request === request.id).map(described),
    })),
    now: seconds,
  };
}

const described = ({ session, target, through, at, startedAt }: Opening) => ({
  ...{ session, target, through, at, startedAt },
});

export function describeCommittee({ grants, now }: Context): Output<'committee.describe'> {
  const { members, seats, until, held, open } = grants.ledger.committee;
  const delegations = [...grants.ledger.delegations.values()].filter((one) => delegationEnd(one) > now() / 1000);
  const holdings = [...held].map(([key, ends]) => {
    const at = key.indexOf(' ');
    return { person: key.slice(0, at), as: key.slice(at + 1) as Designation, until: Math.min(ends, until) };
  });
  return {
    members,
    until,
    held: holdings.filter((one) => one.until > now() / 1000),
    open: [...open].map(([id, one]) => ({ id, decision: one.decision, for: one.for, against: one.against })),
    quorum: seats === 0 ? null : quorumOf(seats),
    delegations: delegations.map(({ id, by, role, to, from, until }) => ({ id, by, role, to, from, until })),
  };
}

/** Ends a request or grant. Needs no signature: it can only take away. Throws `grant.unknown`. */
export async function endGrant({ grants, now }: Context, { request, why }: Input<'grant.end'>) {
  await grants.enter({ end: { request, at: Math.floor(now() / 1000), why } });
  return {};
}

/** Ends a delegation. Needs no signature either. Throws `grant.unknown`. */
export async function undelegate({ grants, now }: Context, { delegation }: Input<'grant.undelegate'>) {
  await grants.enter({ undelegate: { delegation, at: Math.floor(now() / 1000) } });
  return { until: delegationEnd(grants.ledger.delegations.get(delegation)!) };
}

/** Somebody is no longer with us. Needs no signature either. */
export async function leaveGrants({ grants, now }: Context, { userId }: Input<'grant.leave'>) {
  await grants.enter({ leave: { user: userId, at: Math.floor(now() / 1000) } });
  return {};
}

/** What a host is to let in and keep in, composed here from what was signed. */
export async function signSheet(
  { grants, keys, now }: Context,
  { target }: Input<'grant.sheet'>,
): Promise<Output<'grant.sheet'>> {
  const seq = await grants.nextSheet();
  const issuedAt = Math.floor(now() / 1000);
  const { ledger } = grants;
  const onIt = (request: Request): SheetGrant[] => {
    const { state, startsAt, deadline } = standingIn(ledger, request.id, issuedAt)!;
    const isOn = request.terms.targets.includes(target) && (state === 'active' || state === 'scheduled');
    return isOn ? [{ id: request.id, account: accountOf(request.id), startsAt: startsAt!, deadline: deadline! }] : [];
  };
  const sheet: Sheet = {
    ...{ target, seq, issuedAt, freshUntil: issuedAt + FRESH_SECONDS },
    grants: [...ledger.requests.values()].flatMap(onIt),
  };
  const { privateKey, keyId } = keys.sheetKey;
  const signature = sign(null, sheetInput(sheet), privateKey).toString('base64');
  return { sheet: sheetText(sheet), signature, keyId };
}
