import {
  type EndedDelegation,
  type GrantTerms,
  isGrantAct,
  type Ledger,
  rebuild,
  reviewDue,
  type Standing,
} from '../grant';
import type { PasskeyHost } from '../webauthn';
import { unsignedIn } from './claims';
import { type AccessEvent, secondsOf, textOf } from './events';
import type { AccessFault, AccessFinding } from './faults';
import { grouped } from './group';
import { detailOf, type Judged, judgeSignatures } from './signed';
import { type Use, usesIn } from './use';

/** One request for access with all that the log holds about it. */
export interface JudgedGrant {
  readonly id: string;
  /** Of the event that it was asked for with. */
  readonly index: number;
  readonly requestedAt: string;
  /** What was asked for, as its person signed it; null where that does not hold. */
  readonly terms: GrantTerms | null;
  /** Where it stands by signatures alone; null where nobody asked for it by one. */
  readonly standing: Standing | null;
  /** What was signed about it, in the log's order, also what does not hold. */
  readonly signed: readonly Judged[];
  readonly use: Use;
  readonly faults: readonly AccessFault[];
  readonly findings: readonly AccessFinding[];
}

export interface JudgedAccess {
  /** In the order they were asked for. */
  readonly grants: readonly JudgedGrant[];
  /** Of what was signed about no grant of these: decisions of the committee, endorsements. */
  readonly faults: readonly AccessFault[];
  readonly findings: readonly AccessFinding[];
}

/**
 * Judges the events of a whole log about access to production: who signed what, with passkeys that count, and whether that grants what the log
 * says was granted. `events` are in the log's order, from its beginning, and what the log holds.
 */
export async function judgeAccess(host: PasskeyHost, events: readonly AccessEvent[]): Promise<JudgedAccess> {
  const signed = await judgeSignatures(host, events);
  const now = events.reduce((latest, { at }) => Math.max(latest, secondsOf(at)), 0);
  const good = signed.flatMap((one) =>
    one.act && !one.fault && isGrantAct(one.action) ? [{ ...one, act: one.act }] : [],
  );
  const { ledger, requests, refused } = rebuild(good, now, host, true, endedIn(events));
  const standings = new Map(requests.map(({ id, standing }) => [id, standing]));
  const byObject = grouped(events, ({ objectId }) => objectId);
  const asked = events.filter(
    ({ schema, objectId }) => schema === 'grant.requested@1' && /^grt_[0-9a-f]{32}$/.test(objectId),
  );
  const faults: ObjectFault[] = [
    ...signed.flatMap((one) =>
      one.fault ? [{ object: one.object, code: one.fault, index: one.index, detail: detailOf(one) }] : [],
    ),
    ...refused.map(({ index, code }) => {
      const one = good[index]!;
      return {
        object: one.object,
        code: code === 'grant.not_delegated' ? 'approval.delegation' : 'approval.rule',
        index: one.index,
        detail: `${detailOf(one)}: ${code}`,
      } as const;
    }),
    ...unsignedIn(events, signed),
    ...asked.flatMap(({ objectId }) => notGranted(ledger, byObject.get(objectId) ?? [])),
  ].sort((a, b) => a.index - b.index);
  const signedBy = grouped(signed, ({ object }) => object);
  const faultsBy = grouped(faults, ({ object }) => object);
  const plain = (of: readonly ObjectFault[]): AccessFault[] => of.map(({ object: _, ...fault }) => fault);
  const uses = usesIn(events);
  const ids = new Set(asked.map(({ objectId }) => objectId));
  return {
    grants: asked.map(({ objectId: id, index, at }) => ({
      ...{ id, index, requestedAt: at },
      terms: ledger.requests.get(id)?.terms ?? null,
      standing: standings.get(id) ?? null,
      signed: signedBy.get(id) ?? [],
      use: uses.of(id),
      faults: plain(faultsBy.get(id) ?? []),
      findings: [...uses.of(id).findings, ...overdue(ledger, id, index, now)],
    })),
    faults: plain(faults.filter(({ object }) => !ids.has(object))),
    findings: uses.findings,
  };
}

/** Delegations that the log says were over early. One that nobody signed is nothing to end. */
const endedIn = (events: readonly AccessEvent[]): EndedDelegation[] =>
  events.flatMap(({ schema, objectId, details }) => {
    const at = secondsOf(textOf(details, 'until'));
    return schema === 'grant.delegation_ended@1' && !Number.isNaN(at) ? [{ delegation: objectId, at }] : [];
  });

interface ObjectFault extends AccessFault {
  readonly object: string;
}

const GRANTED: ReadonlySet<unknown> = new Set(['scheduled', 'active', 'ended', 'extended']);

/** Where the log says for the first time that a request was granted, when what was signed does not grant it. `events` are about it. */
function notGranted({ requests }: Ledger, events: readonly AccessEvent[]): ObjectFault[] {
  const said = events.find(
    ({ schema, details }) =>
      schema === 'production.opened@1' ||
      (schema === 'grant.voted@1' && GRANTED.has(details.state)) ||
      (schema === 'grant.settled@1' && details.from !== null && GRANTED.has(details.state)),
  );
  if (!said || requests.get(said.objectId)?.decided?.verdict === 'approve') return [];
  const detail = 'the signatures that count are too few, or others';
  return [{ object: said.objectId, code: 'approval.standing', index: said.index, detail }];
}

function overdue({ requests }: Ledger, id: string, index: number, now: number): AccessFinding[] {
  const request = requests.get(id);
  const due = request ? reviewDue(request) : null;
  return due !== null && now > due ? [{ code: 'review.overdue', index }] : [];
}
