/**
 * Who could do what in an organisation at a moment of the past, from what its audit log recorded: roles, the terms of auditors, API keys, the version
 * of the security policy. It says what it rests on, and names what the record does not say. The server's only door; browsers may import `schemas.ts`.
 */
import 'server-only';
import { type AuditEntry, pseudonym } from '@/lib/audit';
import { type Caller, inTenant } from '@/lib/authz';
import { systemClock } from '@/lib/platform';
import { primitives } from '@/lib/primitives';
import { type AccessEvent, accessAt } from './rules';
import type { PastAccessView } from './schemas';
import * as store from './store';

const EVENTS_AT_MOST = 10_000;

/** Without a moment, now. Looking is recorded. */
export const readPastAccess = (caller: Caller & { kind: 'member' }, moment?: Date): Promise<PastAccessView> =>
  inTenant(caller, ['AuditEvent', 'read'], async (tx, { organisationId, record }) => {
    const now = new Date(systemClock.now()).toISOString();
    const at = moment?.toISOString() ?? now;
    const { entries, whole } = await store.history(tx, organisationId, EVENTS_AT_MOST);
    const known = pseudonymIn(organisationId);
    const members = (await store.members(tx, organisationId)).map(({ userId, name }) => ({ who: known(userId), name }));
    const names = new Map(members.map(({ who, name }) => [who, name]));
    const keyNames = new Map((await store.keyNames(tx)).map(({ id, name }) => [id, name]));
    const events = entries.flatMap((entry) => eventOf(entry, known) ?? []);
    const then = accessAt(events, at);
    const today = new Set(accessAt(events, now).members.map(({ who }) => who));
    const ended = new Set(events.flatMap((event) => ('who' in event && event.who ? [event.who] : [])));
    const about = { object: { type: 'audit-log', id: organisationId } };
    await record('audit.read@1', about, { filters: ['past-access', 'at'] });
    return {
      at,
      members: then.members.map(({ who, ...member }) => ({ name: names.get(who) ?? who, ...member })),
      keys: then.keys.map((key) => ({ ...key, name: keyNames.get(key.id) ?? null })),
      policy: then.policy,
      gaps: [
        ...(whole ? [] : [{ at: null, says: `Only the newest ${EVENTS_AT_MOST} events were looked at.` }]),
        ...then.gaps,
        ...members
          .filter(({ who }) => !today.has(who) && !ended.has(who))
          .map(({ name }) => ({
            at: null,
            says: `${name} is a member now, and how they joined is not recorded here.`,
          })),
      ],
      since: entries[0]?.at ?? null,
      events: events.length,
    };
  });

const pseudonymIn = (organisationId: string) => (id: string) => pseudonym('member', id, organisationId, primitives);

function eventOf(entry: AuditEntry, known: (id: string) => string): AccessEvent | null {
  const { at, details, personal, schema } = entry;
  const text = (name: string): string => String(details[name] ?? '');
  const member = personal.member;
  const who = member?.state === 'present' ? known(String(member.value)) : null;
  switch (schema) {
    case 'invitation.accepted@1':
      return { at, kind: 'joined', who: entry.actor, role: text('role'), invitation: entry.objectId };
    case 'member.role_changed@1':
      return { at, kind: 'role', who, before: text('before'), after: text('after') };
    case 'member.removed@1':
      return { at, kind: 'removed', who, role: text('role') };
    case 'member.terms_set@1': {
      const terms = { at, until: text('until'), projects: (details.projects as string[] | null) ?? null };
      return entry.objectType === 'invitation'
        ? { ...terms, kind: 'offered', invitation: entry.objectId }
        : { ...terms, kind: 'terms', who };
    }
    case 'member.access_ended@1':
      return { at, kind: 'ended', who };
    case 'access-policy.changed@1':
      return { at, kind: 'policy', version: Number(details.version) };
    case 'api-key.created@1':
      return {
        ...{ at, kind: 'key' as const, id: entry.objectId, projectId: entry.projectId },
        ...{ scopes: details.scopes as string[], expiresAt: (details.expiresAt as string | null) ?? null },
      };
    case 'api-key.revoked@1':
      return { at, kind: 'key-ended', id: entry.objectId };
    default:
      return null;
  }
}
