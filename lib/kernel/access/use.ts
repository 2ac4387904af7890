import { type AccessEvent, secondsOf, textOf } from './events';
import type { AccessFinding } from './faults';
import { grouped } from './group';

/** A session under a grant, as the log tells of it. */
export interface SessionUse {
  readonly id: string;
  readonly target: string;
  /** When it was confirmed, began and ended: RFC 3339; null where the log says nothing. */
  readonly openedAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Serials of the certificates it went to hosts with, as decimals. */
  readonly serials: readonly string[];
  /** Of those, which sshd's own log confirms. */
  readonly confirmed: readonly string[];
  /** The newest head of its screen record. */
  readonly record: { readonly lines: number; readonly root: string; readonly final: boolean } | null;
}

/** What became of a grant, by events; nothing of it is signed. */
export interface Use {
  readonly sessions: readonly SessionUse[];
  /** As control settled it: `expired`, or why it ended early. */
  readonly ended: { readonly why: string; readonly at: string } | null;
  readonly closed: 'open' | 'closed' | 'failed';
  readonly findings: readonly AccessFinding[];
}

interface Held {
  grant: string;
  opened: AccessEvent | null;
  started: AccessEvent[];
  ended: AccessEvent | null;
  record: AccessEvent | null;
}

/** Joins what gateways and hosts reported to the grants it happened under, and holds sshd's own log against it. */
export function usesIn(events: readonly AccessEvent[]): { of(grant: string): Use; readonly findings: AccessFinding[] } {
  const sessions = new Map<string, Held>();
  const logins: AccessEvent[] = [];
  const findings: AccessFinding[] = [];
  const session = (id: string): Held => {
    const held = sessions.get(id) ?? { grant: '', opened: null, started: [], ended: null, record: null };
    sessions.set(id, held);
    return held;
  };
  for (const event of events) {
    const { schema, objectId, details, index } = event;
    if (schema === 'production.opened@1') {
      Object.assign(session(textOf(details, 'session')), { grant: objectId, opened: event });
    } else if (schema === 'production.started@1') session(objectId).started.push(event);
    else if (schema === 'production.ended@1') session(objectId).ended = event;
    else if (schema === 'production.recorded@1') session(objectId).record = event;
    else if (schema === 'grant.login@1') logins.push(event);
    else if (schema === 'host.finding@1') findings.push({ code: 'host.finding', index });
  }
  const serials = new Set(logins.map(({ details }) => textOf(details, 'serial')));
  const known = new Map<string, string>();
  for (const { grant, started } of sessions.values())
    for (const { details } of started) known.set(textOf(details, 'serial'), grant);
  for (const { opened, started } of sessions.values())
    if (!opened && started[0]) findings.push({ code: 'session.unopened', index: started[0].index });
  const byGrant = grouped(events, ({ objectId }) => objectId);
  const sessionsBy = grouped(sessions, ([, { grant }]) => grant);
  // A login belongs to the grant whose account it was, and so does one that nothing explains.
  const isExplained = ({ objectId, details }: AccessEvent) => known.get(textOf(details, 'serial')) === objectId;
  return {
    findings,
    of(grant) {
      const own = byGrant.get(grant) ?? [];
      const last = (schema: string) => own.findLast((event) => event.schema === schema) ?? null;
      const settled = own.findLast(({ schema, details }) => schema === 'grant.settled@1' && details.until !== null);
      const over = settled?.details.state === 'ended' ? textOf(settled.details, 'until') : null;
      const [failed, closed] = [last('grant.close_failed@1'), last('grant.closed@1')];
      const held = sessionsBy.get(grant) ?? [];
      return {
        sessions: held.map(([id, one]) => viewOf(id, one, serials)),
        ended: over === null ? null : { why: textOf(settled!.details, 'why'), at: over },
        closed: closed ? 'closed' : failed ? 'failed' : 'open',
        findings: [
          ...held.flatMap(([, one]) => findingsOf(one, serials, over)),
          ...own
            .filter((event) => event.schema === 'grant.login@1' && !isExplained(event))
            .map(({ index }): AccessFinding => ({ code: 'login.unexplained', index })),
          ...(failed && !closed ? [{ code: 'close.failed', index: failed.index } as const] : []),
        ],
      };
    },
  };
}

const viewOf = (id: string, { opened, started, ended, record }: Held, confirmed: ReadonlySet<string>): SessionUse => {
  const serials = started.map(({ details }) => textOf(details, 'serial'));
  const { lines, root, final } = record?.details ?? {};
  return {
    ...{ id, serials, confirmed: serials.filter((serial) => confirmed.has(serial)) },
    target: textOf(opened?.details ?? started[0]?.details ?? {}, 'target'),
    ...{ openedAt: opened?.at ?? null, startedAt: started[0]?.at ?? null, endedAt: ended?.at ?? null },
    record: record && { lines: Number(lines), root: String(root), final: final === true },
  };
};

function findingsOf({ started, ended, record }: Held, confirmed: ReadonlySet<string>, over: string | null) {
  const findings: AccessFinding[] = [];
  for (const { index, at, details } of started) {
    if (over !== null && secondsOf(at) > secondsOf(over)) findings.push({ code: 'session.after_end', index });
    if (textOf(details, 'target').startsWith('host:') && !confirmed.has(textOf(details, 'serial')))
      findings.push({ code: 'login.missing', index });
  }
  if (ended && started.length > 0 && record?.details.final !== true)
    findings.push({ code: 'session.unrecorded', index: ended.index });
  return findings;
}
