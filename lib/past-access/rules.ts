/**
 * Who had which role, and which API keys worked, at a moment of the past: the recorded history played forward. Pure. What the record does not say is
 * named as a gap, never guessed.
 */
export type Role = string;

/** People stand in the log under pseudonyms; null where the value that said who was erased or withheld. */
export type AccessEvent = { at: string } /** Terms that go with an invitation hold for whoever accepts it. */ & (
  | { kind: 'offered'; invitation: string; until: string; projects: readonly string[] | null }
  | { kind: 'joined'; who: string; role: Role; invitation: string }
  | { kind: 'role'; who: string | null; before: Role; after: Role }
  | { kind: 'removed'; who: string | null; role: Role }
  | { kind: 'terms'; who: string | null; until: string; projects: readonly string[] | null }
  | { kind: 'ended'; who: string | null }
  | { kind: 'policy'; version: number }
  | { kind: 'key'; id: string; projectId: string | null; scopes: readonly string[]; expiresAt: string | null }
  | { kind: 'key-ended'; id: string }
);

export interface MemberThen {
  who: string;
  role: Role;
  /** Since when this role, ISO 8601. */
  since: string;
  /** Of auditors: until when, and which projects (null: all). Null where nothing is recorded. */
  until: string | null;
  projects: readonly string[] | null;
}
export interface KeyThen {
  id: string;
  projectId: string | null;
  scopes: readonly string[];
  since: string;
  expiresAt: string | null;
}
export interface Gap {
  at: string;
  says: string;
}
export interface AccessThen {
  members: MemberThen[];
  keys: KeyThen[];
  /** Of the security policy; null while no change of it is recorded. */
  policy: { version: number; since: string } | null;
  gaps: Gap[];
}

/** Plays the events up to and including `at` (ISO 8601, UTC, milliseconds). They come in the order of their times. */
export function accessAt(events: readonly AccessEvent[], at: string): AccessThen {
  const members = new Map<string, MemberThen>();
  const offers = new Map<string, Of<'offered'>>();
  const keys = new Map<string, KeyThen>();
  const gaps: Gap[] = [];
  let policy: AccessThen['policy'] = null;
  for (const event of events) {
    if (event.at > at) break;
    const gap = (says: string) => gaps.push({ at: event.at, says });
    switch (event.kind) {
      case 'offered':
        offers.set(event.invitation, event);
        break;
      case 'joined': {
        const { until = null, projects = null } = offers.get(event.invitation) ?? {};
        members.set(event.who, { who: event.who, role: event.role, since: event.at, until, projects });
        break;
      }
      case 'role':
        changeRole(members, event, gap);
        break;
      case 'removed':
        if (event.who === null)
          gap(`Somebody in the role ${event.role} was removed; who, is erased or not yours to see.`);
        else if (!members.delete(event.who)) gap(`Somebody was removed whose joining is not recorded.`);
        break;
      case 'terms':
      case 'ended':
        bound(members, event, gap);
        break;
      case 'policy':
        if (policy && event.version !== policy.version + 1)
          gap(`The security policy went from version ${policy.version} to ${event.version}.`);
        policy = { version: event.version, since: event.at };
        break;
      case 'key': {
        const { id, projectId, scopes, expiresAt } = event;
        keys.set(id, { id, projectId, scopes, since: event.at, expiresAt });
        break;
      }
      case 'key-ended':
        if (!keys.delete(event.id)) gap('An API key ended whose making is not recorded.');
    }
  }
  return {
    members: [...members.values()].filter(({ until }) => until === null || until > at),
    keys: [...keys.values()].filter(({ expiresAt }) => expiresAt === null || expiresAt > at),
    policy,
    gaps,
  };
}

type Of<K extends AccessEvent['kind']> = Extract<AccessEvent, { kind: K }>;

function changeRole(members: Map<string, MemberThen>, event: Of<'role'>, gap: (says: string) => void): void {
  const { who, before, after, at } = event;
  if (who === null) {
    gap(`The role of somebody changed from ${before} to ${after}; whose, is erased or not yours to see.`);
    return;
  }
  const known = members.get(who);
  if (!known) gap(`The role of somebody changed from ${before} to ${after} whose joining is not recorded.`);
  else if (known.role !== before)
    gap(`A change from ${before} to ${after} is recorded for somebody who was ${known.role}.`);
  members.set(who, { who, role: after, since: at, until: null, projects: null });
}

function bound(members: Map<string, MemberThen>, event: Of<'terms' | 'ended'>, gap: (says: string) => void): void {
  const known = event.who === null ? undefined : members.get(event.who);
  if (!known) {
    gap('The access of an auditor was set or ended who is not known here.');
    return;
  }
  if (event.kind === 'ended') known.until = event.at;
  else Object.assign(known, { until: event.until, projects: event.projects });
}
